/** The pages that a person sees at the test identity provider. Text from outside is always escaped. */

/** Asks for user and password; works without script. */
export function loginPage(request: string, problem?: string): string {
  return page(
    'Sign in - Test identity provider',
    [
      problem ? `<p role="alert">${escapeHtml(problem)}</p>` : '',
      '<form method="post" action="/login">',
      `<input type="hidden" name="request" value="${escapeHtml(request)}">`,
      '<p><label>User <input name="username" autocomplete="username" autofocus required></label></p>',
      '<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>',
      '<p><button type="submit">Sign in</button></p></form>',
    ].join('\n'),
  );
}

/** Carries the answer to the service provider: by script where there is one, by the button where there is none. */
export function postingPage(acsUrl: string, response: string, relayState: string): string {
  return page(
    'Signed in - Test identity provider',
    [
      `<form method="post" action="${escapeHtml(acsUrl)}">`,
      `<input type="hidden" name="SAMLResponse" value="${escapeHtml(response)}">`,
      `<input type="hidden" name="RelayState" value="${escapeHtml(relayState)}">`,
      '<p><button type="submit">Continue</button></p></form>',
      '<script>document.forms[0].submit()</script>',
    ].join('\n'),
  );
}

/** Says why there is no answer. */
export function problemPage(problem: string): string {
  return page('Not possible - Test identity provider', `<p role="alert">${escapeHtml(problem)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
