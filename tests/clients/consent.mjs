// The page of a consent link in a real browser: keyboard only, no script of ours, judged by axe.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { check, done } from './setting.mjs';

const { TERTIUS_BROWSER: executablePath, TERTIUS_LINK: link, TERTIUS_GERMAN: german } = process.env;
const origin = new URL(link).origin;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 800 };

async function opened(address, { viewport = desk, colorScheme = 'light', javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const [asked, said] = [[], []];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  const response = await page.goto(address);
  return { page, asked, said, status: response.status() };
}

/** What axe finds wrong, in a line each. */
async function faults(page) {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 10, 'axe looked');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

for (const [name, address, setting] of [
  ['on a phone in the light', link, { viewport: phone }],
  ['at a desk in the dark', link, { colorScheme: 'dark' }],
  ['in German', german, { viewport: phone, colorScheme: 'dark' }],
  ['that is not open', `${origin}/consent/${'0'.repeat(96)}`, {}],
]) {
  await check(`axe finds nothing on a page ${name}`, async () => {
    const { page, asked, said } = await opened(address, setting);
    assert.deepEqual(await faults(page), []);
    assert.ok(asked.every((url) => new URL(url).origin === new URL(address).origin), `${asked}`);
    assert.deepEqual(said.filter((text) => !text.includes('404')), []);
    assert.equal(await page.evaluate(() => document.styleSheets.length), 1, 'its style was let in');
  });
}

await check('nothing scrolls sideways on the narrowest phone, and targets are large', async () => {
  const { page } = await opened(link, { viewport: { width: 320, height: 640 } });
  const sideways = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  assert.equal(await page.evaluate(sideways), false);
  const heights = () => [...document.querySelectorAll('button')].map((one) => one.getBoundingClientRect().height);
  const found = await page.evaluate(heights);
  assert.equal(found.length, 3);
  assert.ok(found.every((height) => height >= 44), `${found}`);
});

await check('the keyboard alone reaches each answer, and shows where it is', async () => {
  const { page } = await opened(link);
  const focused = () => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return [document.activeElement.value, outlineStyle, outlineWidth];
  };
  for (const value of ['yes', 'no', 'never']) {
    await page.keyboard.press('Tab');
    assert.deepEqual(await page.evaluate(focused), [value, 'solid', '3px']);
  }
});

await check('the keyboard alone decides, without a script, and once', async () => {
  const { page } = await opened(link, { javaScriptEnabled: false });
  await page.keyboard.press('Tab');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.match(await page.content(), /Your yes was recorded/);
  const again = await opened(link);
  assert.equal(again.status, 404);
  assert.match(await again.page.title(), /not open/);
});

await check('axe finds nothing on the page that thanks, and never is heard', async () => {
  const { page } = await opened(german);
  for (let nth = 0; nth < 3; nth += 1) await page.keyboard.press('Tab');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Space')]);
  assert.match(await page.content(), /nicht wieder gefragt/);
  assert.deepEqual(await faults(page), []);
});

await browser.close();
done(8);
