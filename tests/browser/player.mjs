// The player of a chapter, driven by clicks and keys.
import { address, check, fresh, holds, same } from "./check.mjs";

const where = (page) => page.locator(".player-where").textContent();
const heads = (page) => page.locator(".player-head .player-chip").allTextContents();
const button = (page, n) => page.locator(".player-controls button").nth(n);
const FIRST = 0, BACK = 1, PLAY = 2, NEXT = 3, LAST = 4;

const unveil = (page) => page.locator(".player-veil button").click();

async function open(browser, name, options) {
  const opened = await fresh(browser, options);
  await opened.page.goto(address(name));
  await opened.page.locator(".player").scrollIntoViewIfNeeded();
  await opened.page.locator(".player[data-ready]").waitFor({ timeout: 10_000 });
  await unveil(opened.page);
  return opened;
}

/** The step that is shown, and how many there are. */
async function step(page) {
  const [now, all] = (await where(page)).match(/(\d+)\D+(\d+)$/).slice(1).map(Number);
  return { now, all };
}

export async function player(browser, name) {
  await veiled(browser, name);
  await everyChoice(browser, name);
  await stepping(browser, name);
  await withoutScript(browser, name);
  await narrow(browser, name);
  if (name.includes("ch03")) {
    await sliders(browser, name);
    await scale(browser, name);
    await motion(browser, name);
    await paper(browser, name);
  }
}

/** Nobody is told the answer who has not asked. */
async function veiled(browser, name) {
  const { page, context } = await fresh(browser);
  const ready = () => page.locator(".player[data-ready]").waitFor({ timeout: 10_000 });
  await page.goto(address(name));
  await page.locator(".player").scrollIntoViewIfNeeded();
  await ready();
  const drawn = () => page.locator(".player-panel svg.live").count();
  await check(`${name}: the run of the answer is shown when it is asked for, and from then on`, async () => {
    same(await drawn(), 1, "drawings at first");
    await button(page, FIRST).click();
    await button(page, LAST).click();
    same(await page.locator(".player-card:visible").count(), 1, "cards at first");
    await unveil(page);
    same(await drawn(), 2, "drawings once it was asked for");
    await page.reload();
    await page.locator(".player").scrollIntoViewIfNeeded();
    await ready();
    same(await drawn(), 2, "drawings the next time");
  });
  await context.close();
}

/** Each row of the table leads to the runs it speaks of. */
async function everyChoice(browser, name) {
  const { page, context, wrong } = await open(browser, name);
  const rows = page.locator(".player-choices tbody tr");
  await check(`${name}: each choice shows runs that end as its row says`, async () => {
    const count = await rows.count();
    holds(count > 1, `${count} choices`);
    for (let n = 0; n < count; n += 1) {
      await rows.nth(n).locator("label").click();
      const chips = await rows.nth(n).locator(".player-chip").allTextContents();
      same((await heads(page)).join(" | "), chips.join(" | "), `choice ${n + 1}`);
      holds((await step(page)).all > 0, `choice ${n + 1} has no steps`);
    }
  });
  await check(`${name}: the code of the text breaks somewhere, and the answer nowhere`, async () => {
    const signs = await page.locator(".player-choices .player-chip").evaluateAll((chips) =>
      chips.map((chip) => chip.classList.contains("good")));
    holds(signs.some((good, n) => n % 2 === 0 && !good), "broken.rs never breaks");
    holds(signs.every((good, n) => n % 2 === 0 || good), "solution.rs breaks");
  });
  await check(`${name}: the player makes no error`, () => holds(wrong.length === 0, wrong.join("\n")));
  await context.close();
}

async function stepping(browser, name) {
  const { page, context } = await open(browser, name);
  await check(`${name}: opens at the end, with both runs drawn whole`, async () => {
    const { now, all } = await step(page);
    same(now, all, "step");
    holds(await page.locator(".player-stage.whole").count() === 1, "the stage is not whole");
    holds(await page.locator(".player-panel svg.live").count() === 2, "there are not two drawings");
  });
  await check(`${name}: buttons step through it`, async () => {
    const { all } = await step(page);
    await button(page, FIRST).click();
    same((await step(page)).now, 1, "after «first»");
    await button(page, NEXT).click();
    same((await step(page)).now, Math.min(2, all), "after «next»");
    await button(page, BACK).click();
    same((await step(page)).now, 1, "after «back»");
    await button(page, LAST).click();
    same((await step(page)).now, all, "after «last»");
  });
  await check(`${name}: keys step through it`, async () => {
    const { all } = await step(page);
    await page.locator(".player-stage").focus();
    await page.keyboard.press("Home");
    same((await step(page)).now, 1, "after Home");
    await page.keyboard.press("ArrowRight");
    same((await step(page)).now, Math.min(2, all), "after →");
    await page.keyboard.press("ArrowLeft");
    same((await step(page)).now, 1, "after ←");
    await page.keyboard.press("End");
    same((await step(page)).now, all, "after End");
    same(new URL(page.url()).pathname, new URL(address(name)).pathname, "no key turns the page");
  });
  await check(`${name}: each step is said aloud, and says what happens`, async () => {
    await button(page, FIRST).click();
    const live = page.locator(".player-live");
    const first = await live.textContent();
    holds(first.includes("0 ms"), `it says: ${first}`);
    same(await live.getAttribute("aria-live"), "polite", "aria-live");
    await button(page, NEXT).click();
    holds(await live.textContent() !== first, "it says the same again");
  });
  await check(`${name}: what is to come is hidden until its step`, async () => {
    await button(page, FIRST).click();
    const hidden = await page.locator(".player-label.to-come, .player-end[hidden]").count();
    await button(page, LAST).click();
    const still = await page.locator(".player-label.to-come, .player-end[hidden]").count();
    holds(hidden > 0 && still === 0, `${hidden} hidden at first, ${still} in the end`);
  });
  await check(`${name}: the list tells every step of both runs`, async () => {
    const { all } = await step(page);
    await page.locator(".player-list summary").click();
    same(await page.locator(".player-list tbody tr").count(), all, "rows");
  });
  await context.close();

  const played = await fresh(browser);
  await played.page.clock.install();
  await played.page.goto(address(name));
  await played.page.locator(".player").scrollIntoViewIfNeeded();
  await played.page.clock.runFor(1_000);
  await played.page.locator(".player[data-ready]").waitFor({ timeout: 10_000 });
  await unveil(played.page);
  await check(`${name}: plays by itself when asked, and stops at the end`, async () => {
    const { page: stage } = played;
    const { all } = await step(stage);
    await button(stage, PLAY).click();
    same((await step(stage)).now, 1, "when it begins");
    await stage.clock.runFor(1_500);
    same((await step(stage)).now, Math.min(2, all), "a moment later");
    await stage.clock.runFor(1_500 * all);
    same((await step(stage)).now, all, "in the end");
    await button(stage, FIRST).click();
    await stage.clock.runFor(6_000);
    same((await step(stage)).now, 1, "when nobody has asked");
  });
  await played.context.close();
}

/** The sliders of chapter 3: how long the answer takes, and how long the shop waits. */
async function sliders(browser, name) {
  const { page, context } = await open(browser, name);
  const takes = page.locator(".player-sliders input").nth(0), waits = page.locator(".player-sliders input").nth(1);
  const value = (slider) => slider.getAttribute("aria-valuetext");
  const broken = async () => (await page.locator(".player-head").first().locator(".player-chip.good").count()) === 0;
  await check(`${name}: it tips over from one millisecond to the next`, async () => {
    const tips = page.locator(".player-tip button");
    same((await tips.allTextContents()).join(), "✓ 700 ms,✗ 701 ms", "the edge");
    await tips.nth(0).click();
    same(await value(takes), "700 ms", "the answer takes");
    same(await broken(), false, "broken at 700 ms");
    await tips.nth(1).click();
    same(await value(takes), "701 ms", "the answer takes");
    same(await broken(), true, "broken at 701 ms");
  });
  await check(`${name}: a slower answer and a longer wait are a key away`, async () => {
    await takes.focus();
    await page.keyboard.press("ArrowLeft");
    same(await value(takes), "700 ms", "one stop to the left");
    same(await broken(), false, "broken at 700 ms");
    await waits.focus();
    await page.keyboard.press("ArrowLeft");
    same(await value(waits), "500 ms", "the shop waits");
    same(await broken(), true, "broken when it waits 500 ms");
    same((await page.locator(".player-tip button").allTextContents()).join(), "✓ 500 ms,✗ 501 ms", "the edge");
    const replay = await page.locator(".player-replay code").textContent();
    holds(replay.includes("-p patience -- --code broken_500"), replay);
  });
  await check(`${name}: no patience helps where the answer is lost`, async () => {
    await page.locator(".player-choices tbody tr").nth(1).locator("label").click();
    const most = Number(await waits.getAttribute("max"));
    await waits.focus();
    for (let n = 0; n <= most; n += 1) {
      same(await broken(), true, `broken when it waits ${await value(waits)}`);
      await page.keyboard.press("ArrowRight");
    }
    same(await value(waits), "2300 ms", "the shop waits");
  });
  await check(`${name}: each field of the map is the run it stands for`, async () => {
    const cells = page.locator(".player-map td[data-at]");
    const count = await cells.count();
    holds(count > 200, `${count} fields`);
    for (let n = 0; n < count; n += 17) {
      const cell = cells.nth(n);
      await cell.click();
      holds(await cell.evaluate((it) => it.classList.contains("here")), `field ${n} is not marked`);
      same(await broken(), (await cell.textContent()) === "✗", `field ${n} broken`);
    }
  });
  await context.close();
}

/** A millisecond is as tall at the top as at the bottom. */
async function scale(browser, name) {
  const { page, context } = await open(browser, name);
  await check(`${name}: the timeline is to scale`, async () => {
    const marks = await page.locator(".player-axis span:not(.later)").evaluateAll((spans) =>
      spans.map((span) => [parseInt(span.textContent, 10), parseFloat(span.style.top)]));
    const at = (ms) => marks.find(([time]) => time === ms)?.[1];
    const rate = (at(1700) - at(0)) / 1700;
    holds(rate > 0.1, `${rate} px a millisecond`);
    for (const [ms, y] of marks) {
      holds(Math.abs(at(0) + ms * rate - y) < 0.5, `${ms} ms stands at ${y} px, not at ${at(0) + ms * rate} px`);
    }
  });
  await context.close();
}

async function motion(browser, name) {
  const moves = async (reducedMotion) => {
    const { page, context } = await open(browser, name, { reducedMotion });
    await button(page, FIRST).click();
    const duration = await page.locator(".player-panel svg.live").first().evaluate((it) => getComputedStyle(it).transitionDuration);
    await context.close();
    return duration;
  };
  await check(`${name}: nothing glides for those who asked for stillness`, async () => {
    same(await moves("reduce"), "0s", "with reduced motion");
    holds(await moves("no-preference") !== "0s", "it does not glide for the others either");
  });
}

async function narrow(browser, name) {
  const { page, context } = await open(browser, name, { viewport: { width: 390, height: 844 } });
  await check(`${name}: on a phone every choice stays in its cell`, async () => {
    const out = await page.locator(".player-choices :is(label > span, .player-chip)").evaluateAll((all) => all
      .filter((it) => it.getBoundingClientRect().right > it.closest("th, td").getBoundingClientRect().right)
      .map((it) => it.textContent));
    same(out.join(), "", "sticks out");
  });
  await context.close();
}

async function withoutScript(browser, name) {
  const { page, context } = await fresh(browser, { javaScriptEnabled: false });
  await page.goto(address(name));
  await check(`${name}: without scripts the table and the picture of the text are there`, async () => {
    const visible = (selector) => page.locator(selector).first().isVisible();
    holds(await visible(".player-choices .player-chip.bad"), "no endings");
    holds(await visible(".player noscript p"), "no word on what is missing");
    holds(!await visible(".player-box"), "an empty box");
    holds(await visible("figure.picture img"), "no picture");
  });
  await context.close();
}

async function paper(browser, name) {
  const { page, context } = await open(browser, name);
  await check(`${name}: on paper both runs are there, and no button`, async () => {
    await button(page, FIRST).click();
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print" });
    same(await page.locator(".player-controls").isVisible(), false, "controls");
    same(await page.locator(".player-panel svg.live").first().isVisible(), true, "drawing");
    same(await page.locator(".player-label.to-come").count(), 0, "labels that are hidden");
  });
  await context.close();
}
