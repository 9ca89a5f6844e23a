/**
 * A person of support edits a customer in a real Chromium, behind the gateway, without having seen who it is: the form that is
 * saved unchanged stores what was there, and links and redirects lead where they led. In front of the gateway's routes stands
 * TLS, which sends the cookie of a session along.
 */
import { type IncomingMessage, request as requestOf, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../kit/control-plane/pki.ts';
import { ensureBrowser } from '../kit/machine/browser.ts';
import { noteNotRun } from '../kit/machine/not-run.ts';
import { aGrant, fromAddresses, opened } from '../kit/objects/grant.ts';
import { aMatrix } from '../kit/objects/matrix.ts';
import { withMetadata, withSpec } from '../kit/objects/object.ts';
import { applicationHost, aServedGateway } from '../kit/objects/served-gateway.ts';

interface Customer {
  mail: string;
  phone: string;
  note: string;
  status: string;
}

const customer: Customer = {
  mail: "ada.o'hara+vip@example.com",
  phone: '+44 20 7946 0958',
  note: 'Says "call me" & <waits>\nsince Monday',
  status: 'new',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** The page of one customer: her address as a text, in a link, and in a form; the link has it in the path and in the query. */
function pageOf({ mail, phone, note, status }: Customer): string {
  const link = `/jobs/${encodeURIComponent(mail)}?mail=${encodeURIComponent(mail)}`;
  return `<!doctype html><title>Customer</title><p id="shown">Customer ${escaped(mail)}</p><a href="${escaped(link)}">Open</a>
<form method="post" action="/jobs/1/run"><input type="email" required name="mail" value="${escaped(mail)}">
<input type="tel" name="phone" value="${escaped(phone)}"><textarea name="note">
${escaped(note)}</textarea><input name="status" value="${escaped(status)}"><button>Save</button></form>`;
}

/** A small real application with one customer. */
function anApplication(stored: Customer, asked: string[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(decodeURIComponent(request.url ?? ''));
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(stored));
      return;
    }
    // Browsers send the line breaks of a text field so.
    const sent = [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      value.replaceAll('\r\n', '\n'),
    ]);
    Object.assign(stored, Object.fromEntries(sent));
    response.writeHead(303, { location: `/jobs/${encodeURIComponent(stored.mail)}` }).end();
  };
}

/** The page of the customer as a person of support gets it. */
async function aPersonAtThePage(path: string, stored: Customer, asked: string[]): Promise<Page> {
  const serve = anApplication(stored, asked);
  const gateway = await aServedGateway((request, response) => void serve(request, response));
  gateway.state.pseudonyms = true;
  const matrix = aMatrix(
    withSpec({ maskedClasses: ['EmailAddress', 'PhoneNumber'], maskedFields: ['note'] }),
    withMetadata({ resourceVersion: '2' }),
  );
  gateway.objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
  const authority = await createAuthority('browsers');
  const { certificate: cert, key } = await authority.issueLoopbackServer([applicationHost]);
  const front = createServer({ cert, key }, (incoming, response) => {
    const { url: target, method, headers } = incoming;
    const onward = requestOf(
      { port: gateway.port, path: target, method, headers: { ...headers, cookie: gateway.cookie } },
      (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP ${applicationHost}:443 127.0.0.1:${(front.address() as AddressInfo).port}`,
    ],
  });
  onTestFinished(async () => {
    await browser.close();
    front.closeAllConnections();
    front.close();
    await gateway.close();
  });
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(`https://${applicationHost}/jobs`);
  return page;
}

const browser = ensureBrowser();
if ('why' in browser) noteNotRun({ what: 'a masked form in a real browser', why: browser.why });

it('CC-10 EC-18 a form that was shown masked and is saved unchanged stores what it stored before', async (test) => {
  if ('why' in browser) test.skip();
  const path = 'path' in browser ? browser.path : '';
  const stored = { ...customer };
  const asked: string[] = [];
  const page = await aPersonAtThePage(path, stored, asked);
  const source = await page.content();
  for (const secret of ['ada', 'hara', 'example.com', '7946', 'call me', 'Monday'])
    expect(source).not.toContain(secret);
  expect(await page.locator('#shown').textContent()).toMatch(/^Customer ‹e-mail [0-9a-f]{4}›$/);

  await page.getByRole('link', { name: 'Open' }).click();
  expect(asked.at(-1)).toBe(`/jobs/${customer.mail}?mail=${customer.mail}`);

  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/jobs\/e-mail-/);
  expect(stored).toEqual(customer);
  expect(asked.at(-1)).toBe(`/jobs/${customer.mail}`);

  // One field is changed, and the others stay as they were.
  await page.locator('[name=status]').fill('called');
  await page.locator('[name=mail]').fill('new@example.com');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/jobs\/e-mail-/);
  expect(stored).toEqual({ ...customer, status: 'called', mail: 'new@example.com' });

  // What people read is no value: it is refused, and nothing is stored.
  const before = { ...stored };
  await page.locator('[name=status]').fill(String(await page.locator('#shown').textContent()));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('MaskedValue').first().waitFor();
  expect(stored).toEqual(before);
});
