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

  // "retries", "retried" and "retry" begin alike.
  const stem = (word) => (/^[a-z]{5,}$/.test(word) ? word.replace(/(ies|ied|ing|ed|es|s|y)$/, "") : word);
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
    const hits = [];
    for (const section of sections) {
      const points = words.map((word) => score(section, word));
      if (points.every((point) => point > 0)) {
        // The reader's own language comes first, and words that stand together.
        const together = words.length > 1 ? score(section, words.join(" ")) : 0;
        const sum = points.reduce((one, other) => one + other, together + (section.language === own ? 1000 : 0));
        hits.push({ section, sum });
      }
    }
    hits.sort((one, other) => other.sum - one.sum);
    return { words, hits };
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
      const next = words.map((word) => [low.indexOf(word, at), word]).filter(([place]) => place >= 0).sort((one, other) => one[0] - other[0])[0];
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
    const places = [words.join(" "), ...words].map((word) => low.indexOf(word)).filter((place) => place >= 0);
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
