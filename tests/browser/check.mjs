// Opens every page of the book in a real browser: node check.mjs BOOK [ONLY]. Ends with a line `N passed, N failed`, and
// with 1 if anything failed. ONLY is a pattern: only the pages, and the searches, whose name it fits are checked.
import { readFile } from "node:fs/promises";
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { player } from "./player.mjs";
import { reading } from "./reading.mjs";

const LANGUAGES = ["en", "ja"];
/** What a chapter's page may weigh with everything it loads, in bytes. */
const HEAVIEST = 1_000_000;
/** As narrow as phones are. */
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };

const book = resolve(process.argv[2] ?? "../../target/book");
const only = process.argv[3] && new RegExp(process.argv[3]);
const results = { passed: 0, failed: 0 };

/** One check. It fails if it throws; what it throws is all that is said. */
export async function check(name, test) {
  if (only && !only.test(name)) return;
  try {
    await test();
    results.passed += 1;
  } catch (error) {
    results.failed += 1;
    console.log(`FAILED ${name}\n  ${String(error?.message ?? error).replaceAll("\n", "\n  ")}`);
  }
}

export function same(found, expected, what) {
  if (found !== expected) throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

export const address = (page) => pathToFileURL(join(book, page)).href;

/** A fresh page, and a list of all that goes wrong on it. */
export async function fresh(browser, options = {}) {
  const context = await browser.newContext({ viewport: DESK, colorScheme: "light", ...options });
  const page = await context.newPage();
  const wrong = [], loaded = new Set();
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => wrong.push(`not loaded: ${request.url()}`));
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (!url.startsWith(pathToFileURL(book).href)) {
      wrong.push(`asks the outside: ${url}`);
      return route.abort();
    }
    loaded.add(url.replace(/[?#].*/, ""));
    return route.continue();
  });
  return { page, context, wrong, loaded };
}

async function violations(page, options) {
  await page.addScriptTag({ content: axe.source });
  return page.evaluate(async (options) => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"], ...options });
    return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}×)\n${nodes.slice(0, 3)
      .map((node) => `  ${node.target.join(" ")}: ${node.failureSummary.split("\n").slice(1).join(" ").trim()}`).join("\n")}`);
  }, options);
}

/** Scrolls through the page, so that whatever is loaded late is loaded. */
async function readThrough(page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    }
    scrollTo({ top: 0, behavior: "instant" });
    const images = [...document.images].filter((image) => !image.closest("details:not([open])"));
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
  });
  if (await page.locator(".player").count()) {
    await page.locator(".player").first().scrollIntoViewIfNeeded();
    await page.locator(".player[data-ready]").first().waitFor({ timeout: 10_000 });
  }
}

async function everyPage(browser, name) {
  const { page, context, wrong, loaded } = await fresh(browser);
  await page.goto(address(name));
  await check(`${name}: can be read from top to bottom`, () => readThrough(page));
  await check(`${name}: opens without an error, and asks nobody outside`, () =>
    holds(wrong.length === 0, wrong.join("\n")));
  await check(`${name}: says its language and has one title`, async () => {
    same(await page.getAttribute("html", "lang"), name.slice(0, 2), "language");
    same(await page.locator("h1").count(), 1, "titles");
  });
  await check(`${name}: every picture is there, and has words for those who cannot see it`, async () => {
    const bad = await page.evaluate(() => [...document.images]
      .filter((image) => !image.alt.trim() || (image.complete && image.naturalWidth === 0 && !image.closest("details:not([open])")))
      .map((image) => image.getAttribute("src")));
    holds(bad.length === 0, bad.join("\n"));
  });
  if (/\/ch\d/.test(name) || await page.locator(".player").count()) {
    await check(`${name}: weighs less than ${HEAVIEST / 1000} kB with all it loads`, () => {
      const weight = [...loaded].reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
      holds(weight < HEAVIEST, `${weight} bytes`);
    });
  }
  await check(`${name}: axe finds nothing in light`, async () => {
    const found = await violations(page, {});
    holds(found.length === 0, found.join("\n"));
  });
  await check(`${name}: axe finds no want of contrast in dark`, async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    const found = await violations(page, { runOnly: ["color-contrast"] });
    holds(found.length === 0, found.join("\n"));
  });
  await check(`${name}: fits a phone`, async () => {
    await page.setViewportSize(PHONE);
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    holds(wide <= room, `${wide} px wide on a screen of ${room} px`);
  });
  await context.close();
}

const pages = Object.fromEntries(LANGUAGES.map((language) => {
  const files = readdirSync(join(book, language)).filter((file) => file.endsWith(".html")).sort();
  return [language, files];
}));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  await check("both languages have the same pages", () => same(pages.ja.join(), pages.en.join(), "pages in Japanese"));
  const all = LANGUAGES.flatMap((language) => pages[language].map((file) => `${language}/${file}`));
  // Two at a time: that is as many cores as the smallest machine has.
  const queue = [...all];
  await Promise.all([0, 1].map(async () => {
    for (let name = queue.shift(); name; name = queue.shift()) {
      if (!only || only.test(name)) await everyPage(browser, name);
    }
  }));
  const texts = await Promise.all(all.map((name) => readFile(join(book, name), "utf8")));
  const played = all.filter((_, n) => texts[n].includes('class="player"'));
  await check("there are players in both languages", () =>
    LANGUAGES.forEach((language) => holds(played.some((name) => name.startsWith(language)), `none in ${language}`)));
  for (const name of played) if (!only || only.test(name)) await player(browser, name);
  await reading(browser, pages.en);
} finally {
  await browser.close();
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed > 0 ? 1 : 0;
