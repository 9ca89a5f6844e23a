/**
 * Which XML did a browser post to the assertion consumer URL? Reads no more than it must: the body is cut off at its
 * limit while it arrives, and everything that is not exactly one strict SAMLResponse is refused. Must not parse XML.
 */
import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';
import { scanLimits } from '../xml/scanner.ts';

export interface PostedResponse {
  readonly xml: string;
  readonly relayState: string;
}

/** What is needed of an incoming request; an `http.IncomingMessage` is one. */
export interface PostedBody extends AsyncIterable<Uint8Array> {
  /** Reading without destroying what was not read, so that the refusal still reaches the browser. */
  readonly iterator?: (options: { readonly destroyOnReturn: boolean }) => AsyncIterable<Uint8Array>;
  readonly headers: {
    readonly 'content-type'?: string | undefined;
    readonly 'content-encoding'?: string | undefined;
  };
}

export const bodyLimits = { bytes: 256 * 1024, fields: 16, relayState: 80 } as const;

const formType = /^application\/x-www-form-urlencoded(?:[ \t]*;[ \t]*charset=utf-8)?$/i;
const strictBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The posted response, or why there is none. HTTP-POST binding, SAML bindings 3.5. */
export async function readPostedResponse(request: PostedBody): Promise<SamlResult<PostedResponse>> {
  const encoded = request.headers['content-encoding'] !== undefined;
  if (encoded || !formType.test(request.headers['content-type'] ?? ''))
    return invalid('saml.body_not_a_form');

  const body = await readBounded(request);
  return body.ok ? parseForm(body.value) : body;
}

/** Content-Length may lie: the bytes are counted as they come, and reading stops at the limit. */
async function readBounded(request: PostedBody): Promise<SamlResult<string>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.iterator?.({ destroyOnReturn: false }) ?? request) {
    length += chunk.length;
    if (length > bodyLimits.bytes) return invalid('saml.body_too_large');

    chunks.push(chunk);
  }
  return valid(Buffer.concat(chunks).toString('latin1'));
}

function parseForm(body: string): SamlResult<PostedResponse> {
  const fields = body.split('&', bodyLimits.fields + 1);
  if (fields.length > bodyLimits.fields) return invalid('saml.body_malformed');

  const [response, ...moreResponses] = valuesOf(fields, 'SAMLResponse');
  const [relayState = '', ...moreStates] = valuesOf(fields, 'RelayState');
  if (moreResponses.length + moreStates.length > 0) return invalid('saml.body_field_repeated');

  return response === undefined ? invalid('saml.response_missing') : decodeFields(response, relayState);
}

function decodeFields(rawResponse: string, rawRelayState: string): SamlResult<PostedResponse> {
  const response = formDecoded(rawResponse);
  const relayState = formDecoded(rawRelayState);
  if (response === undefined || relayState === undefined || relayState.length > bodyLimits.relayState)
    return invalid('saml.body_malformed');

  const xml = decodeResponse(response);
  return xml.ok ? valid({ xml: xml.value, relayState }) : xml;
}

/** Names are compared as they are: an encoded spelling of a name is not that name, so it cannot smuggle a second one. */
function valuesOf(fields: readonly string[], name: string): readonly string[] {
  const values = fields.filter((field) => field.startsWith(`${name}=`));
  return values.map((field) => field.slice(name.length + 1));
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function decodeResponse(text: string): SamlResult<string> {
  const base64 = text.replaceAll(/[\r\n]/g, '');
  if (base64 === '' || !strictBase64.test(base64)) return invalid('saml.base64_malformed');

  const bytes = Buffer.from(base64, 'base64');
  // bits beyond the last byte would be a second spelling of the same response
  if (bytes.toString('base64') !== base64) return invalid('saml.base64_malformed');

  return sizeProblem(bytes) ?? utf8Of(bytes);
}

function sizeProblem(bytes: Buffer): Invalid | undefined {
  return bytes.length > scanLimits.characters ? invalid('saml.response_too_large') : undefined;
}

function utf8Of(bytes: Buffer): SamlResult<string> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith('\uFEFF') ? invalid('saml.not_utf8') : valid(text);
  } catch {
    return invalid('saml.not_utf8');
  }
}
