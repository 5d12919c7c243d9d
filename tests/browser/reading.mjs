// Finding one's way through the book: search, the other language, the theme.
import { address, check, fresh, holds, same } from "./check.mjs";

/**
 * A search, the language it is made in, the page that has to be among the first that it finds, and the word that it has
 * there, if it is another one.
 */
const SEARCHES = [
  ["en", "idempotency key", /glossary|ch03|ch06/],
  ["en", "double charge", /glossary|encyclopedia|ch06/],
  ["en", "database is locked", /ch05/],
  ["ja", "冪等キー", /glossary|ch03|ch06/],
  ["ja", "二重課金", /encyclopedia|glossary|ch06/],
  ["ja", "idempotency", /glossary|ch0/],
  // Inside compounds, and otherwise spelled than the texts do.
  ["ja", "コミット", /ch07|glossary/, "2相コミット"],
  ["ja", "べき等キー", /glossary|ch03|ch06/, "冪等キー"],
  ["ja", "にじゅうかきん", /encyclopedia|glossary|ch06/, "二重課金"],
  ["ja", "取消", /gallery|glossary|encyclopedia/, "取り消し"],
  ["ja", "たいむあうと", /ch03-timeout\.html|glossary\.html/, "タイムアウト"],
  ["ja", "二相コミット", /ch07|glossary/, "2相コミット"],
  ["ja", "コーディネーター", /ch07|glossary/, "コーディネータ"],
];

export async function reading(browser, pages) {
  for (const [language, words, expected, there] of SEARCHES) await search(browser, language, words, expected, there ?? words);
  const chapter = pages.find((file) => file.startsWith("ch03"));
  await check("chapter 3 has a page", () => holds(chapter, pages.join()));
  for (const [from, to] of [["en", "ja"], ["ja", "en"]]) await otherLanguage(browser, `${from}/${chapter}`, to);
  await theme(browser, `en/${chapter}`);
  for (const language of ["en", "ja"]) await onAPhone(browser, `${language}/${chapter}`);
}

async function search(browser, language, words, expected, there) {
  const { page, context, wrong } = await fresh(browser);
  await page.goto(address(`${language}/index.html`));
  await check(`search in ${language} for «${words}» finds its page`, async () => {
    await page.locator(".to-search").click();
    await page.locator("#search-words").fill(words);
    const found = page.locator("#search-found a");
    await found.first().waitFor({ timeout: 10_000 });
    const hrefs = await found.evaluateAll((links) => links.slice(0, 6).map((link) => link.getAttribute("href")));
    const place = hrefs.findIndex((href) => expected.test(href));
    holds(place >= 0, `it finds ${hrefs.join(", ")}`);
    await found.nth(place).click();
    await page.waitForURL((url) => expected.test(url.pathname));
    const text = (await page.locator("main").textContent()).toLowerCase();
    const word = there.toLowerCase().split(" ").at(-1);
    holds(text.includes(word), `${page.url()} has no «${word}»`);
    holds(wrong.length === 0, wrong.join("\n"));
  });
  await check(`search in ${language} for what is not there says so`, async () => {
    await page.goto(address(`${language}/index.html`));
    await page.locator(".to-search").click();
    await page.locator("#search-words").fill("qqxzzyq");
    await page.waitForFunction(() => document.querySelector("#search-count").textContent.trim() !== "");
    same(await page.locator("#search-found a").count(), 0, "results");
  });
  await context.close();
}

/** From the middle of a page one comes to the same place of the other language's. */
async function otherLanguage(browser, name, to) {
  const { page, context } = await fresh(browser);
  await page.goto(address(name));
  const ids = await page.locator("main h2[id]").evaluateAll((headings) => headings.map((heading) => heading.id));
  const id = ids[Math.floor(ids.length / 2)];
  await check(`${name}: the other language is entered at the same section`, async () => {
    holds(id, "there is no section");
    await page.evaluate((id) => document.getElementById(id).scrollIntoView({ behavior: "instant" }), id);
    await page.waitForFunction((id) => document.querySelector(".to-language").hash === `#${id}`, id, { timeout: 5_000 });
    // As a hand does it: a click by the locator would first scroll, for the sake of the bar.
    const box = await page.locator(".to-language").boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForURL((url) => url.pathname.includes(`/${to}/`));
    same(await page.getAttribute("html", "lang"), to, "language");
    same(decodeURIComponent(new URL(page.url()).hash.slice(1)), id, "section");
    // The page glides there.
    const arrived = page.waitForFunction((id) => {
      const { top } = document.getElementById(id).getBoundingClientRect();
      const still = window.before === top;
      window.before = top;
      return still && top >= 0 && top < 200;
    }, id, { polling: 200, timeout: 15_000 });
    await arrived.catch(async () => {
      const top = await page.evaluate((id) => document.getElementById(id).getBoundingClientRect().top, id);
      throw new Error(`the section stands at ${top} px`);
    });
  });
  await context.close();
}

async function theme(browser, name) {
  const { page, context } = await fresh(browser);
  await page.goto(address(name));
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await check(`${name}: the theme can be changed, and stays`, async () => {
    const light = await ground();
    const button = page.locator(".to-theme");
    for (let n = 0; n < 3 && await ground() === light; n += 1) await button.click();
    const dark = await ground();
    holds(dark !== light, `it stays ${light}`);
    await page.reload();
    same(await ground(), dark, "after a reload");
  });
  await context.close();
}

/** Where nothing hovers, the buttons are always there. */
async function onAPhone(browser, name) {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, context } = await fresh(browser, phone);
  await page.goto(address(name));
  await check(`${name}: on a phone no code lies below a button`, async () => {
    const covered = await page.evaluate(() => [...document.querySelectorAll("figure.code:has(.copy)")].filter((figure) => {
      const button = figure.querySelector(".copy").getBoundingClientRect();
      const code = document.createRange();
      code.selectNodeContents(figure.querySelector("code"));
      return [...code.getClientRects()].some((line) => line.right > button.left && line.top < button.bottom);
    }).map((figure) => figure.textContent.slice(0, 60)));
    holds(await page.locator(".copy").count() > 3, "there are no buttons");
    same(covered.join("\n"), "", "covered");
  });
  await check(`${name}: on a phone no line ends between a figure and its unit`, async () => {
    const amounts = page.locator("main .amount");
    holds(await amounts.count() > 10, "there are no figures");
    const cut = await amounts.evaluateAll((all) => all.filter((it) => it.getClientRects().length > 1).map((it) => it.textContent));
    same(cut.join(), "", "cut");
  });
  if (name.startsWith("ja")) {
    await check(`${name}: on a phone no line ends inside a word`, async () => {
      const cut = await page.locator("main p").evaluateAll((all) => all.flatMap((it) => {
        const words = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
        const found = [];
        for (let node = words.nextNode(); node; node = words.nextNode()) {
          for (const { index, 0: word } of node.data.matchAll(/お客さん|課金|注文|返事|決済|障害|在庫/g)) {
            const range = document.createRange();
            range.setStart(node, index);
            range.setEnd(node, index + word.length);
            const lines = new Set([...range.getClientRects()].map(({ top }) => top));
            if (lines.size > 1) found.push(word);
          }
        }
        return found;
      }));
      same(cut.join(), "", "cut");
    });
  }
  await context.close();
}
