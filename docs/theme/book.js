"use strict";
// What a page can do more of where scripts run. Without them every page can be read, and the languages switched.
(() => {
  const root = document.documentElement;
  const japanese = root.lang === "ja";
  const say = (en, ja) => (japanese ? ja : en);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);

  // The other language, at the section that is being read: the ids are the same in both.
  const headings = all("main :is(h1, h2, h3, h4)[id]");
  const closed = "details:not([open])";
  const current = () => {
    const line = 120;
    // What is folded away has no place on the page.
    const shown = headings.filter((heading) => !heading.closest(closed));
    return shown.findLast((heading) => heading.getBoundingClientRect().top <= line);
  };
  const toLanguage = one(".to-language");
  const plain = toLanguage.getAttribute("href");
  const follow = () => {
    const heading = current();
    const isTitle = !heading || heading.tagName === "H1";
    toLanguage.href = isTitle ? plain : `${plain}#${encodeURIComponent(heading.id)}`;
    for (const link of all(".sections a")) {
      const here = !isTitle && link.hash === `#${encodeURIComponent(heading.id)}`;
      if (here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  toLanguage.addEventListener("focus", follow);
  toLanguage.addEventListener("pointerdown", follow);
  follow();

  // A link, or the search, may lead to what is folded away: then it opens.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let fold = target?.closest(closed);
    if (!fold) return;
    for (; fold; fold = fold.closest(closed)) fold.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Where there is room for it, what stands on this page is open.
  const wide = matchMedia("(min-width: 90rem)");
  const sections = one(".sections");
  const unfold = () => { if (sections) sections.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();
  one("#contents [aria-current]")?.scrollIntoView({ block: "nearest" });

  // Light or dark: as the system says, until the reader says otherwise.
  const toTheme = one(".to-theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const showTheme = () => {
    toTheme.textContent = isDark() ? "☀" : "☾";
    toTheme.setAttribute("aria-label", isDark() ? say("Light theme", "明るい表示にする") : say("Dark theme", "暗い表示にする"));
  };
  toTheme.addEventListener("click", () => {
    const wish = isDark() ? "light" : "dark";
    root.dataset.theme = wish;
    try { localStorage.setItem("saga-theme", wish); } catch { /* then it holds for this page only */ }
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();
  toTheme.hidden = false;

  // The search is loaded when somebody asks for it. As a script, not by `fetch`: it works from a file, too.
  const dialog = one("#search");
  const toSearch = one(".to-search");
  let loaded = false;
  const search = () => {
    if (dialog.open) return;
    dialog.showModal();
    one("#search-words").select();
    if (loaded) return;
    loaded = true;
    const script = document.createElement("script");
    script.src = "../assets/search.js";
    document.head.append(script);
  };
  toSearch.addEventListener("click", search);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key === "k" && (event.ctrlKey || event.metaKey);
    if (slash || k) { event.preventDefault(); search(); }
  });
  toSearch.hidden = false;

  // A block of code can be taken along.
  if (navigator.clipboard) {
    for (const figure of all("figure.code")) {
      const code = figure.querySelector("code");
      figure.classList.toggle("line", !code.textContent.includes("\n"));
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = say("copy", "コピー");
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = say("copied", "コピー済み");
        setTimeout(() => { button.textContent = say("copy", "コピー"); }, 1500);
      });
      figure.append(button);
    }
  }

  // What scrolls can be reached by keyboard; what does not is no stop on the way.
  const scrollers = all("main pre, .table-wrapper, figure.picture");
  const reach = (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
  scrollers.forEach((box) => watch.observe(box));
})();
