// The player: steps through runs that were made when the book was built, two at a time, to scale. It computes no run;
// it only draws what docs/src/player/runs.rs wrote into assets/player/.
"use strict";
(() => {
  const BAR = 10, NEXT_BAR = 12, BREAK = 46, BAND = 28, TOP = 52, LINE = 17;
  const BARS = ["in-doubt", "lock-held", "lock-wait", "row-locked"];
  const AGAIN = 1, REPLY = 2, WEBHOOK = 3;
  const UNHEARD = 1, LOST = 2, REFUSED = 3;
  const TONES = { p: "plain", f: "faint", s: "strong", g: "good", d: "doubt", b: "bad", a: "alarm" };
  const PACE = 1400, LINGER = 400;

  const waiting = new Map();
  window.sagaRuns = (chapter, recorded) => {
    for (const player of waiting.get(chapter) ?? []) player.load(recorded);
  };

  function el(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name === "class") node.className = value;
      else if (name in node && name !== "list") node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /** What is drawn on the buttons. */
  const SIGNS = {
    first: "M3 2h2v12H3zM14 2v12L6 8z",
    back: "M12 2v12L3 8z",
    play: "M4 1.5v13L14.5 8z",
    pause: "M3 2h4v12H3zM9 2h4v12H9z",
    next: "M4 2v12l9-6z",
    last: "M11 2h2v12h-2zM2 2v12l8-6z",
  };
  const sign = (icon) => svg(16, 16, "sign", `<path d="${SIGNS[icon]}"/>`);
  // Who has once asked for the answer of a chapter need not ask again. Where nothing can be kept, one has to.
  const remembered = (chapter) => {
    try {
      return localStorage.getItem(`saga-answer-${chapter}`) === "shown";
    } catch {
      return false;
    }
  };
  const remember = (chapter) => {
    try {
      localStorage.setItem(`saga-answer-${chapter}`, "shown");
    } catch {
      // Then it is shown until the page is closed.
    }
  };

  const fixed = (n) => Math.round(n * 10) / 10;

  class Player {
    constructor(section) {
      this.section = section;
      this.box = section.querySelector(".player-box");
      this.patiences = section.dataset.patience.split(" ").filter(Boolean).map(Number);
      this.patience = Number(section.dataset.own);
      this.rows = [...section.querySelectorAll(".player-choices tbody tr")];
      this.choice = 0;
      this.stop = Number(this.rows[0].dataset.start);
      this.step = Infinity;
      this.unveiled = remembered(section.dataset.chapter);
      // About as much room as it will take, so that the text below does not jump when the runs are there.
      this.box.hidden = false;
      this.box.style.minHeight = "56rem";
      // Loaded when somebody lingers nearby. Who only glides past, to a section further down, is not held up.
      let lingers;
      const watch = new IntersectionObserver((seen) => {
        clearTimeout(lingers);
        if (seen.at(-1).isIntersecting) lingers = setTimeout(() => this.fetch(watch), LINGER);
      }, { rootMargin: "800px" });
      watch.observe(section);
      window.addEventListener("beforeprint", () => this.go(Infinity));
    }

    /** Has the runs loaded. A script can be, even of a page that was opened as a file. */
    fetch(watch) {
      watch.disconnect();
      const { chapter, script } = this.section.dataset;
      waiting.set(chapter, [...(waiting.get(chapter) ?? []), this]);
      document.head.append(el("script", { src: script }));
    }

    // What is shown -------------------------------------------------------------------------------------------

    /** @returns what there is to see of the choice with the patience of now */
    get options() {
      return this.optionsOf(this.choice);
    }
    optionsOf(choice) {
      const sliders = this.recorded.choices[choice];
      return sliders[Math.min(this.patience, sliders.length - 1)];
    }
    /** @returns the runs of both codes */
    get pair() {
      return this.options.p[this.stop].map((number) => this.recorded.runs[number]);
    }
    /** @returns the runs that are shown: that of the answer only to those who have asked for it */
    get runs() {
      return this.unveiled ? this.pair : this.pair.slice(0, 1);
    }

    load(recorded) {
      if (this.recorded) return;
      this.recorded = recorded;
      this.words = recorded.words;
      this.build();
      this.section.addEventListener("keydown", (event) => this.key(event));
      new ResizeObserver(() => this.layOut()).observe(this.stage);
      this.box.style.minHeight = "";
      this.section.dataset.ready = "";
      this.show();
    }

    say(name, ...parts) {
      return parts.reduce((text, part, n) => text.replace(`{${n}}`, part), this.words[name]);
    }

    /** A point in time as a reader counts it: 1700 ms at first, then in parts. */
    clock(at) {
      if (at < 10_000) return this.say("ms", at);
      const parts = [];
      const hours = Math.floor(at / 3_600_000), minutes = Math.floor(at / 60_000) % 60, rest = at % 60_000;
      if (hours) parts.push(this.say("h", hours));
      if (minutes) parts.push(this.say("min", minutes));
      if (rest) parts.push(this.say("s", rest / 1000));
      return parts.join(" ");
    }

    later(span) {
      const unit = span >= 600_000 ? 60_000 : span >= 10_000 ? 1000 : 1;
      return this.say("later", this.clock(Math.round(span / unit) * unit));
    }

    // The controls --------------------------------------------------------------------------------------------

    build() {
      const { section, words } = this;
      const name = `player-${section.dataset.chapter}`;
      this.radios = this.rows.map((row, n) => {
        const cell = row.querySelector("th");
        const radio = el("input", { type: "radio", name, checked: n === 0 });
        radio.addEventListener("change", () => this.choose(n));
        row.addEventListener("click", (event) => {
          if (event.target.closest("label")) return;
          radio.checked = true;
          this.choose(n);
        });
        const label = el("label", {}, radio, el("span", {}, ...cell.childNodes));
        cell.replaceChildren(label);
        return radio;
      });
      this.cells = [...section.querySelectorAll(".player-map td[data-at]")];
      section.querySelector(".player-map")?.addEventListener("click", (event) => {
        const at = event.target.closest("td[data-at]")?.dataset.at;
        if (!at) return;
        [this.patience, this.stop] = at.split(" ").map(Number);
        this.choice = this.recorded.choices.findIndex((sliders) => sliders[0].v.length > 0);
        this.radios[this.choice].checked = true;
        this.step = Infinity;
        this.show();
      });

      this.takes = this.slider("takes", (value) => { this.stop = value; });
      this.waits = this.slider("patience", (value) => {
        const before = this.options.v[this.stop];
        this.patience = value;
        this.stop = nearest(this.options.v, before);
      });
      this.tip = el("p", { class: "player-tip" });

      this.heads = this.sides((side) => side === 0 ? "broken" : "fixed", "player-head");
      this.axis = el("div", { class: "player-axis" });
      this.panels = [0, 1].map(() => el("div", { class: "player-panel" }));
      this.nowLine = el("div", { class: "player-line" });
      const unveil = el("button", { type: "button" }, words.unveil);
      unveil.addEventListener("click", () => this.unveil());
      this.veil = el("div", { class: "player-veil" }, el("p", {}, words.veil), unveil);
      this.stage = el("div", {
        class: "player-stage", tabIndex: 0, role: "group", "aria-label": words.stage,
      }, this.axis, ...this.panels, this.nowLine);

      const button = (icon, name, act) => {
        const it = el("button", { type: "button", title: words[name], "aria-label": words[name] }, sign(icon));
        it.addEventListener("click", act);
        return it;
      };
      this.buttons = {
        first: button("first", "first", () => this.walk(0)),
        back: button("back", "back", () => this.walk(this.step - 1)),
        play: button("play", "play", () => this.play()),
        next: button("next", "next", () => this.walk(this.step + 1)),
        last: button("last", "last", () => this.walk(Infinity)),
      };
      this.buttons.play.classList.add("play");
      this.scrub = el("input", { type: "range", min: 0, "aria-label": words.scrub });
      this.scrub.addEventListener("input", () => this.walk(Number(this.scrub.value)));
      this.where = el("output", { class: "player-where" });
      const controls = el("div", { class: "player-controls" },
        ...Object.values(this.buttons), this.scrub, this.where);

      this.cards = this.sides((side) => side === 0 ? "broken" : "fixed", "player-card");
      this.live = el("p", { class: "player-live", "aria-live": "polite" });
      this.legend = el("ul", { class: "player-legend" });
      this.list = el("tbody");
      const list = el("details", { class: "player-list" },
        el("summary", {}, words.list),
        el("table", {}, el("thead", {}, el("tr", {},
          ...[words.time, words.broken, words.fixed].map((text) => el("th", { scope: "col" }, text)))), this.list));
      this.replay = el("p", { class: "player-replay" });

      this.box.append(
        el("div", { class: "player-sliders" }, this.takes.whole, this.waits.whole), this.tip,
        el("div", { class: "player-heads" }, ...this.heads), this.stage, this.legend, controls, this.live,
        el("div", { class: "player-now" }, ...this.cards), list, this.replay);
    }

    sides(name, style) {
      return [0, 1].map((side) => el("div", { class: `${style} ${name(side)}` }));
    }

    slider(name, set) {
      const input = el("input", { type: "range", min: 0, step: 1 });
      const value = el("output");
      input.addEventListener("input", () => {
        set(Number(input.value));
        this.show();
      });
      const whole = el("label", {}, el("span", {}, this.words[name]), value, input);
      return { input, value, whole };
    }

    /** Shows the run of the answer, now and whenever the page is opened again. */
    unveil() {
      this.unveiled = true;
      remember(this.section.dataset.chapter);
      this.show();
      this.stage.focus();
    }

    choose(choice) {
      this.choice = choice;
      this.stop = Number(this.rows[choice].dataset.start);
      const { v } = this.options;
      if (v.length > 0 && this.patiences.length > 0) {
        // Every patience has an edge of its own among the stops.
        const own = this.recorded.choices[choice][Number(this.section.dataset.own)].v;
        this.stop = nearest(v, own[this.stop]);
      }
      this.pause();
      this.step = Infinity;
      this.show();
    }

    key(event) {
      const { target } = event;
      const own = target.matches("input, summary");
      const steps = { ArrowLeft: this.step - 1, ArrowRight: this.step + 1, ArrowUp: this.step - 1,
        ArrowDown: this.step + 1, Home: 0, End: Infinity };
      if (event.altKey || event.ctrlKey || event.metaKey || own) return;
      if (event.key in steps) this.walk(steps[event.key]);
      else if (event.key === " " && target === this.stage) this.play();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    // Stepping ------------------------------------------------------------------------------------------------

    /** A step that the reader has asked for. */
    walk(step) {
      this.pause();
      this.go(step, true);
    }

    go(step, aloud = false) {
      if (!this.recorded) return;
      this.step = Math.max(0, Math.min(step, this.keys.length - 1));
      this.reveal(aloud);
    }

    play() {
      if (this.timer) return this.pause();
      if (this.step >= this.keys.length - 1) this.go(0, true);
      this.timer = setInterval(() => {
        this.go(this.step + 1, true);
        if (this.step >= this.keys.length - 1) this.pause();
      }, PACE);
      this.playing(true);
    }

    pause() {
      clearInterval(this.timer);
      this.timer = undefined;
      this.playing(false);
    }

    playing(on) {
      const { play } = this.buttons;
      play.replaceChildren(sign(on ? "pause" : "play"));
      play.title = this.words[on ? "pause" : "play"];
      play.setAttribute("aria-label", play.title);
    }

    // Drawing -------------------------------------------------------------------------------------------------

    show() {
      const { options, words } = this;
      const slides = options.v.length > 0;
      this.takes.whole.hidden = !slides;
      this.waits.whole.hidden = this.patiences.length === 0;
      set(this.takes, this.stop, options.v.length - 1, slides ? this.clock(options.v[this.stop]) : "");
      set(this.waits, this.patience, this.patiences.length - 1, this.clock(this.patiences[this.patience] ?? 0));
      this.showTip();
      this.rows.forEach((row, n) => {
        row.classList.toggle("here", n === this.choice);
        row.querySelectorAll("td").forEach((cell, side) => cell.replaceChildren(...this.ending(this.optionsOf(n), side)));
      });
      const value = slides ? `${this.patience} ${this.stop}` : "";
      this.cells.forEach((cell) => cell.classList.toggle("here", cell.dataset.at === value));

      const { runs } = this;
      this.box.classList.toggle("veiled", !this.unveiled);
      this.pair.forEach((run, side) => {
        const name = ["broken", "fixed"][side];
        const code = el("code", {}, ["broken.rs", "solution.rs"][side]);
        const sentence = run.v ? [el("span", { class: "player-sentence" }, this.recorded.said[run.v[1]])] : [];
        this.heads[side].replaceChildren(
          el("span", { class: "player-who" }, words[name], " ", code), chip(!run.v, this.verdict(run)), ...sentence);
      });
      const ended = this.keys === undefined || this.step >= this.keys.length - 1;
      this.keys = merge(runs);
      this.step = ended ? this.keys.length - 1 : Math.min(this.step, this.keys.length - 1);
      this.showReplay();
      this.showList();
      this.layOut();
    }

    verdict(run) {
      return run.v ? this.recorded.said[run.v[0]] : this.words.fine;
    }

    /** How the runs of a code end, in the table of choices. */
    ending(options, side) {
      const runs = options.p.map((pair) => this.recorded.runs[pair[side]]);
      const worst = runs.findLast((run) => run.v);
      if (!worst) return [chip(true, this.words.fine)];
      const parts = [chip(false, this.verdict(worst))];
      if (options.e && runs.length > 1) parts.push(" ", el("small", {}, this.say("from", this.clock(options.e[1]))));
      return parts;
    }

    showTip() {
      const { options, words } = this;
      this.tip.hidden = options.v.length === 0;
      if (!options.e) {
        this.tip.replaceChildren(words.never_tips);
        return;
      }
      const to = (total, good) => {
        const stop = options.v.indexOf(total);
        const it = el("button", { type: "button", class: good ? "good" : "bad", "aria-pressed": stop === this.stop },
          el("span", { "aria-hidden": "true" }, good ? "✓" : "✗"), ` ${this.clock(total)}`);
        it.addEventListener("click", () => {
          this.stop = stop;
          this.show();
          this.tip.querySelectorAll("button")[good ? 0 : 1].focus();
        });
        return it;
      };
      this.tip.replaceChildren(words.tips, " ", to(options.e[0], true), " ", to(options.e[1], false));
    }

    showReplay() {
      const row = this.rows[this.choice];
      const { chapter } = this.section.dataset;
      let schedule = row.dataset.schedule;
      if (this.options.v.length > 0) {
        const late = this.options.v[this.stop] - this.recorded.usual[this.choice];
        schedule = late > 0 ? schedule.replace("{0}", `${late}ms`) : "";
      }
      const own = this.patiences.length === 0 || this.patience === Number(this.section.dataset.own);
      const program = own ? `-p ${chapter} -- --code broken` : `-p patience -- --code broken_${this.patiences[this.patience]}`;
      const command = `cargo run ${program}${row.dataset.world} --schedule "${schedule}"`;
      this.replay.replaceChildren(`${this.words.schedule} `, el("code", {}, command));
    }

    /** What happens at a step of a run: pairs of sentence and tone. */
    happens(run, key) {
      const moment = run.t.findIndex(([at, band]) => at === key.at && band === key.band);
      if (moment < 0) return [];
      const said = [];
      // An answer that needs no words in the picture does in a list, and what follows from it comes after it.
      for (const [, kind, fate, , to, text, silent] of run.m) {
        if (to === moment && silent && kind === REPLY && fate === 0) {
          said.push({ lane: 0, text: this.recorded.said[text], tone: "g" });
        }
      }
      for (const [at, lane, , texts] of run.w) {
        if (at !== moment) continue;
        for (const [text, tone] of texts) said.push({ lane, text: this.recorded.said[text], tone });
      }
      return said;
    }

    showList() {
      const { runs } = this;
      this.list.replaceChildren(...this.keys.map((key) => el("tr", {},
        el("th", { scope: "row" }, this.clock(key.at)),
        ...runs.map((run) => el("td", {}, this.sentences(run, key))))));
    }

    sentences(run, key) {
      const said = this.happens(run, key);
      if (said.length === 0) return el("span", { class: "faint" }, this.words.nothing);
      return el("ul", {}, ...said.map(({ lane, text, tone }) => el("li", { class: TONES[tone] },
        ...(lane > 0 ? [el("b", {}, this.recorded.said[run.l[lane]]), " "] : []), text)));
    }

    layOut() {
      if (!this.recorded) return;
      const { runs } = this;
      const crowd = runs.every((run) => run.r);
      this.stage.classList.toggle("crowd", crowd);
      this.axis.hidden = crowd;
      this.showLegend(runs, crowd);
      if (crowd) this.drawCrowd(runs);
      else this.drawTimelines(runs);
      if (!this.unveiled) {
        this.panels[1].style.height = `${this.tall}px`;
        this.panels[1].replaceChildren(this.veil);
      }
      this.reveal(false, true);
    }

    showLegend(runs, crowd) {
      const names = crowd ? ["row_doubt", "row_held", "row_wait"] : ["legend_doubt", "legend_held", "legend_wait", "legend_row"];
      const used = new Set(runs.flatMap((run) => crowd ? run.r.flatMap((row) => row[5].map((bar) => bar[2])) : run.b.map((bar) => bar[0])));
      const items = BARS.flatMap((kind, n) => used.has(n) ? [[kind, names[n]]] : []);
      if (!crowd && runs.some((run) => partsAt(run) >= 0)) items.push(["apart", "legend_apart"]);
      this.legend.replaceChildren(...items.map(([kind, name]) =>
        el("li", {}, el("i", { class: kind }), this.words[name])));
    }

    drawTimelines(runs) {
      const { keys } = this;
      const rate = this.rate();
      const wide = this.panels[0].clientWidth;
      // A service that one of them never calls has its lane in both.
      const longest = [...runs].sort((one, other) => other.l.length - one.l.length)[0].l;
      const names = [...new Set([...longest, ...runs.flatMap((run) => run.l)])];
      const bars = Math.max(0, ...runs.flatMap((run) => places_of(run).filter((bar) => bar.lane === 0).map((bar) => bar.place)));
      const sheets = runs.map((run, side) => {
        const { lanes, ...rest } = geometry(wide, names.length, bars);
        const own = run.l.map((name) => lanes[names.indexOf(name)]);
        const sheet = { run, places: places_of(run), panel: this.panels[side], all: lanes, lanes: own, ...rest };
        sheet.panel.replaceChildren();
        sheet.labels = this.labels(sheet);
        return sheet;
      });
      const zones = place(keys, rate, sheets);
      const tall = Math.max(keys.at(-1).till + 18, ...sheets.map((sheet) => Math.max(...sheet.free) + 4));
      this.tall = tall;
      for (const { run, all, lanes, places, panel, labels } of sheets) {
        const heads = all.map((x, n) => el("span", { class: `player-lane${all.length > 2 ? " many" : ""}${all.length > 3 && n % 2 === 1 ? " low" : ""}`, style: `left:${x}px` }, this.recorded.said[names[n]]));
        const ground = all.map((x) => `<path class="lifeline" d="M${x} 26V${tall}"/>`).join("");
        const breaks = zones.flatMap((zone) => all.map((x) => cut(x, (zone.from + zone.to) / 2))).join("");
        const body = draw({ run, lanes, places, keys, tall, wide });
        const apart = partsAt(run);
        for (const { node, moment } of labels) node.classList.toggle("tinted", apart >= 0 && moment >= apart);
        panel.style.height = `${tall}px`;
        panel.prepend(
          svg(wide, tall, "ground", ground), svg(wide, tall, "ghost", body), svg(wide, tall, "live", body),
          svg(wide, tall, "breaks", breaks), ...heads);
      }
      this.sheets = sheets;
      this.axis.style.height = `${tall}px`;
      const times = [];
      let free = 0;
      for (const key of keys) {
        if (key.y < free || times.at(-1)?.at === key.at) continue;
        times.push({ at: key.at, y: key.y });
        free = key.y + LINE;
      }
      this.axis.replaceChildren(
        svg(this.axis.clientWidth, tall, "ruler", ruler(this.axis.clientWidth - 4, keys, zones, rate)),
        ...times.map(({ at, y }) => el("span", { style: `top:${y}px` }, this.clock(at))),
        ...zones.map((zone) => el("span", { class: "later", style: `top:${(zone.from + zone.to) / 2}px` }, this.later(zone.gap))));
    }

    /** Pixels per millisecond: the same for all stops of the slider, so that what grows is seen to grow. */
    rate() {
      const pairs = this.options.v.length > 0 ? this.options.p : [this.options.p[this.stop]];
      const rates = pairs.map((pair) => {
        const gaps = gaps_of(merge(pair.map((number) => this.recorded.runs[number])));
        const most = bound(gaps);
        const drawn = gaps.filter((gap) => gap > 0 && gap <= most);
        const total = drawn.reduce((sum, gap) => sum + gap, 0);
        if (total === 0) return Infinity;
        const page = Math.min(400, Math.max(160, 100 * drawn.length));
        return Math.min(0.55, Math.max(page / total, Math.min(22 / Math.min(...drawn), 1.5 * page / total)));
      });
      const least = Math.min(...rates);
      return Number.isFinite(least) ? least : 0;
    }

    /** The words beside the lanes, in order; where each stands is for [`place`] to say. */
    labels(sheet) {
      const { run, lanes, panel } = sheet;
      const blocks = new Map();
      for (const [moment, lane, band, texts] of run.w) {
        if (sheet.compact && !band) continue;
        const told = texts.filter(([, tone]) => tone !== "f").slice(0, sheet.compact ? 1 : undefined);
        if (told.length === 0) continue;
        const name = `${moment} ${lane} ${band}`;
        if (!blocks.has(name)) blocks.set(name, { moment, lane, band, texts: [] });
        blocks.get(name).texts.push(...told);
      }
      sheet.free = lanes.map(() => 0);
      return [...blocks.values()].map(({ moment, lane, band, texts }) => {
        const spans = texts.map(([text, tone]) => el("span", { class: TONES[tone] }, ...breakable(this.recorded.said[text])));
        const over = lane > 0 && lanes[lane] < Math.max(...sheet.all) ? " over" : "";
        const node = el("div", { class: `player-label${band ? " band" : lane === 0 ? " shop" : over}` }, ...spans);
        if (!band && lane === 0) node.style.width = `${sheet.room}px`;
        else if (!band) {
          node.style.left = `${lanes[lane] + 8}px`;
          node.style.maxWidth = `${Math.max(72, sheet.wide - lanes[lane] - 10)}px`;
        }
        panel.append(node);
        return { node, moment, lane, band, tall: node.offsetHeight };
      });
    }

    drawCrowd(runs) {
      const end = Math.max(...runs.flatMap((run) => run.r.map((row) => row[2])), 1);
      const wide = this.panels[0].clientWidth;
      const compact = wide < 250;
      const left = compact ? 22 : 66, right = 22, row = 24;
      const x = (at) => fixed(left + (wide - left - right) * Math.min(at, end) / end);
      const tall = TOP + row * runs[0].r.length + 8;
      this.tall = tall;
      this.across = x;
      this.sheets = runs.map((run, side) => {
        const ticks = ticks_of(end).map((at) =>
          `<path class="lifeline" d="M${x(at)} 30V${tall}"/>`).join("");
        const words = ticks_of(end).filter((_, n) => !compact || n % 2 === 0).map((at) =>
          el("span", { class: "player-tick", style: `left:${x(at)}px` }, at < 1000 ? this.clock(at) : this.say("s", at / 1000)));
        const body = run.r.map(([, came, told, , , bars], n) => {
          const y = TOP + row * n;
          const line = came === null ? "" : `<path class="wait" d="M${x(came)} ${y + 9}H${x(told)}"/><circle class="dot" cx="${x(came)}" cy="${y + 9}" r="3"/>`;
          return line + bars.map(([from, until, kind]) => {
            const [top, high] = kind === 0 ? [y + 4.5, 9] : [y, 18];
            return `<rect class="${BARS[kind]}" x="${x(from)}" y="${top}" width="${Math.max(2, fixed(x(until) - x(from)))}" height="${high}" rx="2"/>`;
          }).join("");
        }).join("");
        const panel = this.panels[side];
        panel.style.height = `${tall}px`;
        const labels = run.r.map(([, , told, text, tone], n) => {
          const words = this.recorded.said[text];
          const mark = /^[✓✗]/.test(words) ? words[0] : "…";
          const node = el("span", { class: `player-end ${TONES[tone]}`, title: words,
            style: `left:${x(told) + 4}px;top:${TOP + row * n}px` }, mark);
          return { node, at: told };
        });
        panel.replaceChildren(
          svg(wide, tall, "ground", ticks), svg(wide, tall, "ghost", body), svg(wide, tall, "live", body), ...words,
          ...run.r.map(([order], n) => el("span", { class: "player-order", style: `top:${TOP + row * n}px` },
            compact ? order.replace(/\D+/, "") : order)),
          ...labels.map((label) => label.node));
        return { run, labels };
      });
    }

    /** Shows all that has happened up to the step. */
    reveal(aloud, fresh = false) {
      const { keys, step, runs, words } = this;
      const key = keys[step];
      const crowd = this.stage.classList.contains("crowd");
      const last = step === keys.length - 1;
      this.sheets.forEach(({ run, labels }, side) => {
        const live = this.panels[side].querySelector(".live");
        const now = run.t.findLastIndex(([at, band]) => at < key.at || (at === key.at && band <= key.band));
        if (crowd) {
          const cut = last ? 0 : live.clientWidth - this.across(key.at) - 1;
          live.style.clipPath = `inset(0 ${fixed(cut)}px 0 0)`;
          for (const { node, at } of labels) node.hidden = at > key.at;
        } else {
          const lost = run.m.some(([, , fate, , to]) => fate >= LOST && to === now);
          const cut = last ? 0 : this.tall - key.till - (lost ? 20 : 2);
          live.style.clipPath = `inset(0 0 ${fixed(Math.max(0, cut))}px 0)`;
          for (const { node, moment } of labels) {
            node.classList.toggle("to-come", moment > now);
            node.classList.toggle("at-it", moment === now && run.t[now][0] === key.at);
          }
        }
        this.cards[side].replaceChildren(...this.card(run, key, side, crowd));
      });
      this.nowLine.hidden = crowd;
      this.nowLine.style.top = `${fixed(key.y)}px`;
      this.stage.classList.toggle("fresh", fresh);
      this.stage.classList.toggle("whole", last);

      set({ input: this.scrub }, step, keys.length - 1);
      const where = `${this.clock(key.at)} · ${this.say("step", step + 1, keys.length)}`;
      this.where.textContent = where;
      this.scrub.setAttribute("aria-valuetext", where);
      const { first, back, next, last: end } = this.buttons;
      for (const [button, off] of [[first, step === 0], [back, step === 0], [next, last], [end, last]]) {
        button.setAttribute("aria-disabled", off);
      }
      if (!aloud) return;
      const told = runs.map((run, side) => {
        const said = this.happens(run, key).filter(({ tone }) => tone !== "f");
        const texts = said.map(({ lane, text }) => lane > 0 ? `${this.recorded.said[run.l[lane]]}: ${text}` : text);
        return `${words[["broken", "fixed"][side]]}: ${texts.join(", ") || words.nothing}.`;
      });
      this.live.textContent = `${where}. ${told.join(" ")}`;
    }

    /** What happens in this step, and what the two sides hold to be so after it. */
    card(run, key, side, crowd) {
      const parts = [el("p", { class: "player-who" }, this.words[["broken", "fixed"][side]]), this.sentences(run, key)];
      if (crowd) {
        const over = (row) => row[2] <= key.at;
        const counts = [
          ["confirmed", (row) => over(row) && row[4] === "g"],
          ["refused", (row) => over(row) && row[4] === "b"],
          ["pending", (row) => over(row) && row[4] === "d"],
          ["waiting", (row) => !over(row) && row[1] !== null && row[1] <= key.at],
        ].map(([name, test]) => [name, run.r.filter(test).length]).filter(([, count]) => count > 0);
        parts.push(el("p", { class: "player-counts" }, counts.map(([name, count]) => this.say(name, count)).join(" · ")));
        return parts;
      }
      const state = run.s.findLast(([at]) => at <= key.at);
      if (state) {
        const apart = partsAt(run);
        const parted = apart >= 0 && (run.t[apart][0] < key.at || (run.t[apart][0] === key.at && run.t[apart][1] <= key.band));
        const column = (heading, lines) => el("div", {},
          el("dt", {}, this.recorded.said[heading]), ...lines.map((line) => el("dd", {}, this.recorded.said[line])));
        parts.push(el("dl", { class: parted ? "player-sides apart" : "player-sides" },
          column(run.h[0], state[1]), column(run.h[1], state[2])));
      }
      return parts;
    }
  }

  // Where things stand ----------------------------------------------------------------------------------------

  /** The moments of both runs, in order. */
  function merge(runs) {
    const keys = new Map();
    runs.forEach((run) => {
      const bands = new Set(run.w.filter(([, , band]) => band).map(([moment]) => moment));
      run.t.forEach(([at, band], moment) => {
        const name = `${at} ${band}`;
        if (!keys.has(name)) keys.set(name, { at, band, dies: false });
        keys.get(name).dies ||= bands.has(moment);
      });
    });
    return [...keys.values()].sort((a, b) => a.at - b.at || a.band - b.band);
  }

  const find = (keys, [at, band]) => keys.find((key) => key.at === at && key.band === band);
  const gaps_of = (keys) => keys.slice(1).map((key, n) => key.at - keys[n].at);

  /** The longest gap that is drawn to scale. The longest go first, until what is left is of one order. */
  function bound(gaps) {
    const drawn = gaps.filter((gap) => gap > 0).sort((a, b) => a - b);
    while (drawn.length > 0) {
      const longest = drawn.pop();
      const rest = drawn.reduce((sum, gap) => sum + gap, 0);
      if (longest <= 40_000 && !(rest > 0 && longest > 5000 && longest > 6 * rest)) return longest;
    }
    return 0;
  }

  /** Gives every moment its height, to scale except where nothing happens for long, and every label its place. */
  function place(keys, rate, sheets) {
    const gaps = gaps_of(keys), most = bound(gaps), zones = [];
    let y = TOP;
    keys.forEach((key, n) => {
      const gap = n > 0 ? gaps[n - 1] : 0;
      if (gap > most) {
        zones.push({ from: y, to: y + BREAK, gap, before: n });
        y += BREAK;
      } else {
        y += gap * rate;
      }
      key.y = fixed(y);
      const own = sheets.flatMap((sheet) => sheet.labels.map((label) => ({ sheet, ...label }))
        .filter(({ moment }) => sheet.run.t[moment][0] === key.at && sheet.run.t[moment][1] === key.band));
      for (const { sheet, node, lane, tall } of own.filter((label) => !label.band)) {
        // Words that lie on each other are pushed down.
        const top = Math.max(y - LINE / 2, sheet.free[lane]);
        node.style.top = `${fixed(top)}px`;
        sheet.free[lane] = top + tall + 3;
      }
      const bands = own.filter((label) => label.band);
      if (key.dies) {
        // The process dies, or comes up, below what came before, and above what comes after.
        const told = sheets.flatMap((sheet) => sheet.free);
        key.band_y = fixed(Math.max(y, ...told));
        y = key.band_y + Math.max(BAND, ...bands.map(({ tall }) => tall + 6)) + 8;
        for (const { sheet, node } of bands) {
          node.style.top = `${key.band_y + 3}px`;
          sheet.free = sheet.free.map(() => y - 4);
        }
      }
      key.till = fixed(y);
    });
    return zones;
  }

  /** The bars of a run side by side where they overlap, doubt nearest to the lifeline. */
  function places_of(run) {
    const bars = run.b.map(([kind, from, until, lane]) => ({ kind, from, until, lane })).sort((a, b) => a.kind - b.kind || a.from - b.from);
    bars.forEach((bar, n) => {
      const before = (a, b) => a.until >= 0 && a.until <= b.from;
      const taken = bars.slice(0, n).filter((other) => other.lane === bar.lane && !before(other, bar) && !before(bar, other)).map((other) => other.place);
      bar.place = 0;
      while (taken.includes(bar.place)) bar.place += 1;
    });
    return bars;
  }

  /** The x of each lane, and the room for the shop's words. */
  function geometry(wide, count, bars) {
    const compact = wide < 250;
    const aside = bars * NEXT_BAR;
    if (count === 1) {
      const shop = compact ? 30 + aside : Math.min(wide - 40, 230 + aside);
      return { wide, compact, lanes: [shop], room: shop - aside - 16 };
    }
    const room = compact ? 0 : wide * (count === 2 ? 0.4 : count === 3 ? 0.32 : 0.29);
    const shop = room + (count > 3 ? 12 : 18) + aside;
    const last = compact ? wide - 34 : wide * (count === 2 ? 0.71 : 0.81);
    const lanes = Array.from({ length: count }, (_, n) => fixed(shop + (last - shop) * n / (count - 1)));
    return { wide, compact, lanes, room: fixed(room) };
  }

  /** The first moment from which belief and truth differ; -1 if they never do. */
  function partsAt(run) {
    const said = run.w.find(([, , , texts]) => texts.some(([, tone]) => tone === "a"));
    return said ? said[0] : -1;
  }

  function draw({ run, lanes, places, keys, tall, wide }) {
    const parts = [];
    const key = (moment) => find(keys, run.t[moment]);
    const height = (moment) => key(moment).y;
    const apart = partsAt(run);
    if (apart >= 0) {
      const y = height(apart);
      parts.push(`<rect class="apart" x="0" y="${y}" width="${wide}" height="${fixed(tall - y)}"/>`);
    }
    run.w.filter(([, , band]) => band).forEach(([moment], n) => {
      const { band_y: top, till } = key(moment);
      parts.push(`<rect class="${n % 2 === 0 ? "death" : "rise"}" x="0" y="${top}" width="${wide}" height="${fixed(till - top - 8)}"/>`);
    });
    const [shop] = lanes;
    for (const { kind, from, until, lane, place } of places) {
      const top = height(from);
      const bottom = until >= 0 ? height(until) : tall;
      parts.push(`<rect class="${BARS[kind]}" x="${fixed(lanes[lane] - BAR / 2 - place * NEXT_BAR)}" y="${top}" width="${BAR}" height="${Math.max(2, fixed(bottom - top - 1))}" rx="2"/>`);
    }
    for (const [moment, lane, band] of run.w) {
      if (!band) parts.push(`<circle class="dot" cx="${lanes[lane]}" cy="${height(moment)}" r="2.6"/>`);
    }
    for (const [lane, kind, fate, sent, arrives] of run.m) {
      const here = shop + BAR / 2 + 1, there = lanes[lane] - 2;
      const back = kind === REPLY || kind === WEBHOOK;
      const [x0, x1] = back ? [there, here] : [here, there];
      const style = fate === UNHEARD ? "unheard" : fate >= LOST ? "lost" : back ? "reply" : "request";
      let from = [x0, height(sent)], to = [x1, height(arrives)];
      if (fate === LOST) {
        const y = Math.max(from[1], to[1]);
        from = [x0, y];
        to = [(x0 + x1) / 2, y + 12];
      }
      parts.push(`<path class="arrow ${style}" d="M${from.map(fixed)}L${to.map(fixed)}"/>`);
      if (fate === LOST) parts.push(`<path class="arrow lost" d="M${fixed(to[0] - 5)} ${fixed(to[1] - 5)}l10 10m0-10l-10 10"/>`);
      else if (fate === REFUSED) parts.push(`<path class="arrow lost" d="M${fixed(to[0])} ${fixed(to[1] - 7)}v14"/>`);
      else parts.push(head(style, from, to));
    }
    return parts.join("");
  }

  function head(style, from, to) {
    const far = Math.max(1, Math.hypot(to[0] - from[0], to[1] - from[1]));
    const ux = (to[0] - from[0]) / far, uy = (to[1] - from[1]) / far;
    const corner = (side) => [fixed(to[0] - 9 * ux - side * uy), fixed(to[1] - 9 * uy + side * ux)].join(" ");
    return `<polygon class="head ${style}" points="${to.map(fixed).join(" ")} ${corner(4)} ${corner(-4)}"/>`;
  }

  const cut = (x, y) => `<rect class="gap" x="${x - 6}" y="${fixed(y - 4)}" width="12" height="8"/>` +
    `<path class="cut" d="M${x - 8} ${fixed(y - 1)}l16 -6m-16 14l16 -6"/>`;

  function ruler(x, keys, zones, rate) {
    const step = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].find((one) => one * rate >= 7);
    const marks = [`<path class="axis" d="M${x} ${keys[0].y}V${keys.at(-1).till}"/>`];
    if (step) {
      keys.slice(1).forEach((key, n) => {
        if (zones.some((zone) => zone.before === n + 1)) return;
        const from = keys[n].at;
        for (let at = Math.ceil(from / step) * step; at < key.at; at += step) {
          marks.push(`<path class="axis" d="M${x} ${fixed(key.y - (key.at - at) * rate)}h4"/>`);
        }
      });
    }
    for (const zone of zones) marks.push(cut(x, (zone.from + zone.to) / 2));
    return marks.join("");
  }

  function ticks_of(end) {
    const step = [100, 500, 1000, 2000, 5000, 10_000, 60_000, 600_000].find((one) => end / one < 6) ?? 3_600_000;
    return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step);
  }

  function svg(wide, tall, style, body) {
    const holder = document.createElement("template");
    holder.innerHTML = `<svg class="${style}" width="${fixed(wide)}" height="${fixed(tall)}" viewBox="0 0 ${fixed(wide)} ${fixed(tall)}" aria-hidden="true" focusable="false">${body}</svg>`;
    return holder.content.firstChild;
  }

  /** Words whose lines may end behind a comma, where a phrase is wider than its lane. */
  const breakable = (words) => words.split(/(?<=、)/).flatMap((part, n) => (n > 0 ? [el("wbr"), part] : [part]));

  function chip(good, words) {
    return el("span", { class: `player-chip ${good ? "good" : "bad"}` },
      el("span", { "aria-hidden": "true" }, good ? "✓" : "✗"), ` ${words}`);
  }

  function set({ input, value }, at, most, words) {
    input.max = Math.max(0, most);
    input.value = at;
    if (!value) return;
    value.textContent = words;
    input.setAttribute("aria-valuetext", words);
  }

  function nearest(values, wanted) {
    let best = 0;
    values.forEach((value, n) => {
      if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = n;
    });
    return best;
  }

  for (const section of document.querySelectorAll(".player")) new Player(section);
})();
