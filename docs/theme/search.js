"use strict";
// The search: loaded when it is first opened, with the words of both languages. It looks for the words as they are
// written, anywhere in a section, so that it needs no notion of where a Japanese word begins or ends.
(() => {
  const own = document.documentElement.lang;
  const say = (en, ja) => (own === "ja" ? ja : en);
  const box = document.getElementById("search-words");
  const count = document.getElementById("search-count");
  const list = document.getElementById("search-found");
  const MOST = 30;

  // Upper case, full width and half width are the same to a reader.
  const even = (text) => text.normalize("NFKC").toLowerCase();
  const sections = [];
  window.bookWords = (language, pages) => {
    for (const [slug, page, parts] of pages) {
      for (const [id, heading, words] of parts) {
        const at = `../${language}/${slug}.html${id ? `#${encodeURIComponent(id)}` : ""}`;
        sections.push({ language, at, page, heading, words, low: { page: even(page), heading: even(heading), words: even(words) } });
      }
    }
    show();
  };

  // What the glossary calls by the first of these is also written, or typed before it is converted, like the others.
  const SPELLINGS = [
    ["冪等", "べき等", "べきとう"], ["補償", "ほしょう"], ["戻し", "もどし"], ["事故", "じこ"], ["障害", "しょうがい"],
    ["課金", "かきん"], ["返金", "へんきん"], ["決済", "けっさい"], ["注文", "ちゅうもん"], ["在庫", "ざいこ"], ["発送", "はっそう"],
    ["配送", "はいそう"], ["二重", "2重", "にじゅう"], ["取り消し", "取消し", "取消", "とりけし"], ["取り置き", "取置き", "取置", "とりおき"],
    ["照会", "しょうかい"], ["否認", "ひにん"], ["拒否", "きょひ"], ["応答", "おうとう"], ["接続", "せつぞく"], ["実行", "じっこう"],
    ["確定", "かくてい"], ["仮売上", "仮売り上げ", "かりうりあげ"], ["売上", "売り上げ", "うりあげ"], ["処理", "しょり"], ["意図", "いと"],
    ["墓標", "ぼひょう"], ["帳簿", "ちょうぼ"], ["台帳", "だいちょう"], ["再送", "さいそう"], ["リトライ", "再試行", "さいしこう"],
    ["ロック待ち", "ロックまち"], ["2相", "二相", "2フェーズ", "ツーフェーズ", "にそう"], ["参加者", "さんかしゃ"], ["推定", "すいてい"],
    ["可用性", "かようせい"], ["仮想時間", "かそうじかん"], ["上限", "じょうげん"], ["抜き取り", "抜取り", "ぬきとり"], ["世界", "せかい"],
    ["サガ", "サーガ"], ["アウトボックス", "送信箱"], ["webhook", "ウェブフック"], ["ズレ", "ずれ"], ["コーディネータ", "調整役"],
  ];
  const inKatakana = (word) => word.replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
  /** A word as it is typed, and as the texts may spell it. */
  const spelled = (word) => {
    const forms = new Set([word]);
    for (const spellings of SPELLINGS) {
      for (const form of [...forms]) {
        const typed = spellings.find((spelling) => form.includes(spelling));
        if (typed) spellings.forEach((spelling) => forms.add(form.replace(typed, spelling)));
      }
    }
    for (const form of [...forms]) {
      forms.add(inKatakana(form));
      // サーバー and サーバ
      if (form.length > 3) forms.add(form.replace(/ー$/, ""));
    }
    return [...forms];
  };

  // "retries", "retried" and "retry" begin alike.
  const stem = (word) => (/^[a-z]{5,}$/.test(word) ? word.replace(/(ies|ied|ing|ed|es|s|y)$/, "") : word);
  const best = (section, forms) => Math.max(...forms.map((form) => score(section, form)));
  const score = (section, word) => {
    const { page, heading, words } = section.low;
    let points = 0;
    if (heading.includes(word)) points += 40;
    if (page.includes(word)) points += 12;
    let from = words.indexOf(word);
    for (let times = 0; from >= 0 && times < 8; times += 1) {
      points += times === 0 ? 8 : 1;
      from = words.indexOf(word, from + word.length);
    }
    return points;
  };
  const find = (asked) => {
    const words = even(asked).split(/\s+/).filter(Boolean).map(stem);
    if (!words.length) return { words, hits: [] };
    const forms = words.map(spelled);
    const hits = [];
    for (const section of sections) {
      const points = forms.map((all) => best(section, all));
      if (points.every((point) => point > 0)) {
        // The reader's own language comes first, and words that stand together.
        const together = words.length > 1 ? score(section, words.join(" ")) : 0;
        const sum = points.reduce((one, other) => one + other, together + (section.language === own ? 1000 : 0));
        hits.push({ section, sum });
      }
    }
    hits.sort((one, other) => other.sum - one.sum);
    return { words: [words.join(" "), ...forms.flat()], hits };
  };

  // The words found, in the lines around them; built as nodes, so that nothing in a text is taken for HTML.
  const marked = (text, words) => {
    const out = document.createDocumentFragment();
    // Letter by letter, because folding can make one letter several.
    let low = "";
    const places = [];
    for (let at = 0; at < text.length; at += 1) {
      const letter = even(text[at]);
      for (let part = 0; part < letter.length; part += 1) places.push(at);
      low += letter;
    }
    places.push(text.length);
    let done = 0;
    for (let at = 0; at < low.length;) {
      const next = words.map((word) => [low.indexOf(word, at), word]).filter(([place]) => place >= 0)
        .sort((one, other) => one[0] - other[0] || other[1].length - one[1].length)[0];
      if (!next) break;
      at = next[0] + next[1].length;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(places[next[0]], places[at]);
      out.append(text.slice(done, places[next[0]]), mark);
      done = places[at];
    }
    out.append(text.slice(done));
    return out;
  };
  const around = (text, words) => {
    const low = even(text);
    const places = words.map((word) => low.indexOf(word)).filter((place) => place >= 0);
    const start = places.length ? Math.max(0, places[0] - 40) : 0;
    const out = document.createDocumentFragment();
    out.append(start > 0 ? "… " : "", marked(text.slice(start, start + 150), words), start + 150 < text.length ? " …" : "");
    return out;
  };
  const item = ({ section }, words) => {
    const link = document.createElement("a");
    link.href = section.at;
    link.lang = section.language;
    const title = document.createElement("b");
    title.append(marked(section.heading || section.page, words));
    const page = document.createElement("small");
    page.textContent = section.heading ? section.page : "";
    const lines = document.createElement("small");
    lines.append(around(section.words, words));
    link.append(title, page, lines);
    const entry = document.createElement("li");
    entry.append(link);
    return entry;
  };
  const show = () => {
    const { words, hits } = find(box.value);
    list.replaceChildren(...hits.slice(0, MOST).map((hit) => item(hit, words)));
    if (!words.length) count.textContent = "";
    else if (!hits.length) count.textContent = say("Nothing found.", "見つかりませんでした。");
    else if (hits.length > MOST) count.textContent = say(`${hits.length} sections; the first ${MOST}:`, `${hits.length}か所。先頭の${MOST}か所：`);
    else count.textContent = say(hits.length === 1 ? "1 section" : `${hits.length} sections`, `${hits.length}か所`);
  };
  box.addEventListener("input", show);
  box.closest("form").addEventListener("submit", (event) => {
    // Enter opens the first that was found; the cross closes.
    if (event.submitter && document.activeElement !== box) return;
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  });
  list.addEventListener("click", () => document.getElementById("search").close());
  for (const language of ["en", "ja"]) {
    const script = document.createElement("script");
    script.src = `../${language}/words.js`;
    document.head.append(script);
  }
})();
