/** A person at the test identity provider without a browser: follows the redirect, fills in the form, takes the answer. */

export interface CarriedResponse {
  readonly action: string;
  readonly SAMLResponse: string;
  readonly RelayState: string;
}

/** Signs in at the provider and returns what its page would post; throws with the page's own words when it does not. */
export async function signInAtIdp(
  redirect: string,
  user: string,
  password: string,
): Promise<CarriedResponse> {
  const login = await (await fetch(redirect)).text();
  const body = new URLSearchParams({ request: hidden(login, 'request'), username: user, password });
  const answered = await fetch(new URL('/login', redirect), { method: 'POST', body });
  const page = await answered.text();
  if (!page.includes('SAMLResponse'))
    throw new Error(/role="alert">([^<]*)/.exec(page)?.[1] ?? 'the provider gave no answer');

  return {
    action: unescaped(/<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? ''),
    SAMLResponse: hidden(page, 'SAMLResponse'),
    RelayState: hidden(page, 'RelayState'),
  };
}

function hidden(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1];
  if (value === undefined)
    throw new Error(/role="alert">([^<]*)/.exec(page)?.[1] ?? `the page has no field ${name}`);

  return unescaped(value);
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
