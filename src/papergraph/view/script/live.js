// --- a page that a running papergraph serves
