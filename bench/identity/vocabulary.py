"""The words of which `generator` makes titles, names and venues."""

from __future__ import annotations

METHODS = """Contrastive Learning;Graph Neural Networks;Diffusion Models;State Space Models;Attention;Query Optimization;Index Structures;Language Models;Reinforcement Learning;Variational Inference;Materialized Views;Hash Joins;
Self-Training;Knowledge Distillation;Low-Rank Adaptation;Retrieval Augmentation;Concurrency Control;Sampling;Sketches;Bayesian Optimization;Mixture of Experts;Kernel Methods;Gaussian Processes;Decision Trees;Transformers;Pause Tokens;
Curriculum Learning;Data Augmentation;Token Pruning;Position Encoding;Layer Normalization;Prompt Tuning;Instruction Tuning;Chain-of-Thought;Beam Search;Tree Search;Active Learning;Weak Supervision;Optimal Transport;Energy-Based Models;
Normalizing Flows;Neural Operators;Message Passing;Spectral Methods;Tensor Decomposition;Sparse Coding;Feature Selection;Locality-Sensitive Hashing;B-Trees;Log-Structured Storage;Stream Processing;Schema Matching;Access Methods;
Buffer Management;Cost Models;Cardinality Estimation;Adaptive Indexing;Column Stores;Query Rewriting;Association Rules;Sequential Patterns;Clustering Algorithms;Nearest Neighbor Search;Histograms;Wavelets""".replace("\n", "").split(";")
TASKS = """Machine Translation;Question Answering;Image Classification;Object Detection;Speech Recognition;Sentence Embeddings;Code Generation;Data Integration;Time Series Forecasting;Drug Discovery;Protein Folding;Robot Control;
Recommendation;Entity Resolution;Anomaly Detection;Semantic Segmentation;Text Summarization;Dialogue Systems;Information Extraction;Spatial Databases;Distributed Databases;Multimedia Retrieval;Web Search;Sensor Networks;Data Warehouses;
Federated Learning;Long Documents;Low-Resource Languages;Scientific Literature;Theorem Proving;Video Understanding;Medical Imaging;Point Clouds;Molecular Graphs;Traffic Prediction;Music Generation;Parallel Database Systems;
Transaction Processing;XML Documents;Moving Objects;Data Mining;Workflow Management;Digital Libraries;Knowledge Bases;Mobile Computing;Privacy Protection;Image Captioning;Visual Navigation;Program Synthesis;Fact Checking""".replace("\n", "").split(";")
MANNERS = "Efficient;Scalable;Robust;Adaptive;Dynamic;Incremental;Fast;Approximate;Supervised;Unsupervised;Online;Distributed;Parallel;Hierarchical;Interpretable;Accurate;Optimal;Practical;Deep;Neural;Multilingual;Multimodal;Private;Generalized;Sparse;Structured;Continual;Probabilistic;Symmetric;Asymmetric;Convex;Nonconvex".split(";")
FORMS = (
    "{m} {x} for {y}",
    "{x} for {m} {y}",
    "{m} {y} via {x}",
    "{y} with {m} {x}",
    "On the {n} of {x} in {y}",
    "Towards {m} {y} Using {x}",
    "Learning {m} {x} for {y}",
    "A {m} Approach to {y} Based on {x}",
    "Understanding the {n} of {m} {x}",
    "What Makes {x} {m}?",
    "{x} and {y}: A {m} View",
    "{s}: {m} {x} for {y}",
    "{s}: {y} with {x}",
    "{s}: Towards {m} {y}",
    "The {n} of {y}: {m} {x} Revealed",
    "{m} {x}",
    "{x} Meet {y}",
    "Do {x} Improve {y}? Evidence from {z}",
    "How {x} Shape the {n} of {y}",
)
NOUNS = "Expressiveness;Limits;Complexity;Geometry;Design;Role;Benefits;Failures;Convergence;Stability;Generalization;Calibration;Performance;Semantics;Evaluation".split(";")
SHORT = "Set Def Sim Graph Deep Trans Fast Uni Mega Mini Flow Prompt Code Vis Moe Dyna Lite Pro Meta Net Chat Spec Tri Omni".split()
ENDS = "BERT CSE Net Former GPT CLIP DB Join Mine Rank Sent QA LM Flow Gen RAG Bench Eval".split()
SHARED = ("Deep Learning", "Attention Mechanisms", "Data Integration", "Query Processing", "Learning to Learn", "Parallel Databases", "Data Mining", "深層学習")
RECURRING = ("Editorial", "Editor's Notes", "Introduction", "Preface", "Guest Editorial", "Chair's Message", "Reminiscences on Influential Papers", "Book Review", "Foreword", "巻頭言", "編集後記")
JA_METHODS = (
    "対照学習 拡散モデル 大規模言語モデル 強化学習 グラフニューラルネットワーク 知識蒸留 自己教師あり学習 転移学習 注意機構 変分推論 能動学習 データ拡張 ベイズ最適化 木探索 疎表現 状態空間モデル 敵対的学習 正規化フロー 最適輸送 カーネル法 ガウス過程 決定木 位置符号化 層正規化 プロンプト調整 思考の連鎖 検索拡張生成 低ランク適応 混合エキスパート 継続学習 "
    "メタ学習 半教師あり学習 弱教師あり学習 能動推論 マルコフ連鎖モンテカルロ法 スペクトル法 テンソル分解 辞書学習 進化計算 遺伝的アルゴリズム 巡回畳み込み 双方向変換器 単語分散表現 記号推論 確率文法 索引構造 問合せ最適化 結合演算 並行制御"
).split()
JA_TASKS = (
    "機械翻訳 質問応答 画像分類 音声認識 要約生成 情報抽出 対話システム 文埋め込み 異常検知 推薦システム 構文解析 物体検出 論文検索 医療画像診断 楽譜生成 固有表現抽出 共参照解析 述語項構造解析 感情分析 文書分類 意味的類似度計算 画像キャプション生成 動画理解 点群処理 自動運転 ロボット制御 創薬支援 分子設計 "
    "タンパク質構造予測 気象予測 交通流予測 時系列予測 株価予測 不正検知 欠陥検査 手書き文字認識 音声合成 話者識別 雑音除去 超解像 姿勢推定 プログラム合成 定理証明 事実検証 校正支援 語学学習支援 数学問題解答 図表理解 知識グラフ補完 実体照合"
).split()
JA_FORMS = ("{x}を用いた{y}", "{y}のための{x}", "{x}による{y}の高速化", "{x}は{y}に有効か", "{y}における{x}の分析", "{x}に基づく頑健な{y}手法の提案", "{y}のための効率的な{x}", "{x}と{y}の統合に向けて", "なぜ{x}は{y}で失敗するのか", "{y}の説明可能性を高める{x}", "小規模データにおける{y}と{x}", "{x}を考慮した{y}の評価")
GIVEN = "James Mary Wei Yuki Taro Hanako Jürgen Frédéric Ana Luis Priya Rahul Olga Ivan Chen Xin Daniel Michael Sarah David Laura Kenji Aiko Pedro José Emma Noah Liam Sofia Marta Erik Anders Hiroshi Keiko Minh Thanh Fatima Omar Alice Robert Peter Thomas Anna Julia Victor Hugo Samuel Grace Nathan Elena".split()
SURNAMES = "Smith Johnson Wang Li Zhang Chen Liu Yang Müller Schmidt García Rodríguez Martínez Silva Santos Tanaka Yamada Suzuki Sato Kobayashi Nakamura Kim Lee Park Choi Nguyen Tran Patel Sharma Kumar Singh Ivanov Petrov Kowalski Novák Andersson Jensen Hansen Rossi Bianchi Dubois Moreau Çetintemel Stonebraker DeWitt Carey Franklin Widom Haas Naughton Abadi Hinton Vaswani Devlin Raffel Brown".split()
JA_FAMILY = "山田 田中 佐藤 鈴木 高橋 伊藤 渡辺 中村 小林 加藤 吉田 松本 井上 木村".split()
JA_GIVEN = "太郎 花子 健一 美咲 翔太 陽子 大輔 裕子 拓也 恵 直樹 愛".split()
VENUES = (
    ("conference", ("NeurIPS", "Advances in Neural Information Processing Systems")),
    ("conference", ("ICML", "International Conference on Machine Learning")),
    ("conference", ("ICLR", "International Conference on Learning Representations")),
    ("conference", ("ACL", "Annual Meeting of the Association for Computational Linguistics")),
    ("conference", ("SIGMOD Conference", "International Conference on Management of Data")),
    ("conference", ("VLDB", "Very Large Data Bases")),
    ("conference", ("EMNLP", "Conference on Empirical Methods in Natural Language Processing")),
    ("journal", ("JMLR", "Journal of Machine Learning Research")),
    ("journal", ("TACL", "Transactions of the Association for Computational Linguistics")),
    ("journal", ("VLDB J.", "The VLDB Journal")),
    ("journal", ("ACM Trans. Database Syst.", "ACM Transactions on Database Systems (TODS)")),
    ("journal", ("SIGMOD Record", "ACM SIGMOD Record")),
)
