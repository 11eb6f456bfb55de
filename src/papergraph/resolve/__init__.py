"""Who is who: names and identifiers of papers, and which mentions are one work."""
