/** A person with a real Chromium. The authority of the test's certificates is trusted by its key, nothing else is. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface BrowserPerson {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Types user and password at the identity provider that `url` leads to. */
  signIn(url: string, credentials: { readonly user: string; readonly password: string }): Promise<void>;
  leave(): Promise<void>;
}

/** Chromium trusts a chain whose any key has this hash; so the test needs no changes to the machine's trust store. */
function spkiHash(pem: string): string {
  const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

/** Starts a browser with an empty profile. `path` is Chromium's, `certificates` are PEMs whose keys it trusts. */
export async function aBrowserPerson({
  path,
  certificates,
}: {
  readonly path: string;
  readonly certificates: readonly string[];
}): Promise<BrowserPerson> {
  const profile = await mkdtemp(join(tmpdir(), 'support-access-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--ignore-certificate-errors-spki-list=${certificates.map(spkiHash).join(',')}`,
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    context,
    signIn: async (url, { user, password }) => {
      await page.goto(url);
      await page.locator('input[name=username]').fill(user);
      await page.locator('input[name=password]').fill(password);
      await page.locator('form button, form input[type=submit]').first().click();
    },
    leave: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** A button that leads to an answer of another status than 200 is a navigation all the same. */
export async function press(page: Page, name: string): Promise<number> {
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest());
  await page.getByRole('button', { name }).first().click();
  const { status, finished } = await answered.then((response) => ({
    status: response.status(),
    finished: response.finished(),
  }));
  await finished;
  await page.waitForLoadState();
  return status;
}

/** What a script of this page reads at an address by a request that the browser preflights, or the name of its error. */
export async function readByScript(page: Page, address: string): Promise<string> {
  return page.evaluate(async (url) => {
    const headers = { 'x-requested-with': 'XMLHttpRequest' };
    return fetch(url, { credentials: 'include', headers }).then(
      (response) => response.text(),
      (error: Error) => error.name,
    );
  }, address);
}
