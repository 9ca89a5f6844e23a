/** What `can-i` is asked, as it was typed. */
import { type Address, parseAddress } from '../../crds/rules/address/address.ts';
import { isProblem, printable } from '../../crds/rules/problem.ts';
import { canonicalPath, targetInUrl } from '../../crds/rules/request/canonical-path.ts';
import { pathForms } from '../../crds/rules/request/path-forms.ts';
import { parseTime } from '../../crds/rules/time/time.ts';
import { type CommandInput, UsageError } from '../command.ts';
import { shownTime } from '../times/show.ts';
import type { RequestAsked } from './asks.ts';

/** `--from`: one address, as the gateway would see it. */
export function addressAsked(input: CommandInput): Address {
  const text = input.option('from');
  if (text === undefined) {
    throw new UsageError(
      'it must be said from where, by one address as the gateway sees it, for example --from 203.0.113.7',
    );
  }
  const address = parseAddress(text);
  if (address === undefined)
    throw new UsageError(`--from must be one IP address such as 203.0.113.7, not "${printable(text)}"`);
  return address;
}

/** `--at`, or now. What was is in the records, and what will be done by then is not known. */
export function momentAsked(input: CommandInput, now: number, zone: string): number {
  const text = input.option('at');
  if (text === undefined) return now;
  const at = parseTime(text);
  if (at === undefined)
    throw new UsageError(`--at must be an instant such as 2026-12-04T17:00:00Z, not "${printable(text)}"`);
  if (at < now) {
    throw new UsageError(
      `--at must not be over, and is ${shownTime(at, zone)}; see what happened with kubectl support-access records print`,
    );
  }
  return at;
}

/** By its meaning (`--module`, `--action`), or as it would be sent (`--url` or `--path`, `--method`). */
export function requestAsked(input: CommandInput): RequestAsked | undefined {
  const [url, path, action, module] = ['url', 'path', 'action', 'module'].map((name) => input.option(name));
  const given = [url, path, action ?? module].filter((each) => each !== undefined);
  if (given.length > 1)
    throw new UsageError('only one request can be asked about: give --url, --path, or --module and --action');
  if (url !== undefined) return byUrl(url, input);
  if (path !== undefined) return { ...sent(path, '--path', input) };
  if (input.option('method') !== undefined)
    throw new UsageError('--method needs --url or --path; add one, for example --path /jobs/7');
  return byMeaning(input);
}

function byMeaning(input: CommandInput): RequestAsked | undefined {
  const [module, subModule, action] = ['module', 'subModule', 'action'].map((name) => input.option(name));
  if (module === undefined && action === undefined && subModule === undefined) return undefined;
  if (module === undefined || action === undefined)
    throw new UsageError('both must be named, as the matrix does: --module "Scheduled Jobs" --action Run');
  return { target: { module, action, ...(subModule === undefined ? {} : { subModule }) } };
}

function byUrl(url: string, input: CommandInput): RequestAsked {
  const target = url.toLowerCase().startsWith('https:') ? targetInUrl(url) : undefined;
  if (target === undefined) throw new UsageError(`${urlRule}, not "${printable(url)}"`);
  return { ...sent(target, '--url', input), host: new URL(url).hostname };
}

const urlRule =
  '--url must be an address of the application at the gateway, such as https://ecase.apps.example.com/jobs/7';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function sent(target: string, option: string, input: CommandInput) {
  const method = (input.option('method') ?? 'GET').toUpperCase();
  if (!methods.includes(method))
    throw new UsageError(`--method must be one of ${methods.join(', ')}, not "${printable(method)}"`);
  // Whether its form is allowed is said by the application, which is not read yet.
  const read = canonicalPath(target, pathForms);
  if (!isProblem(read)) {
    const { path, query, readings, forms } = read;
    return { method, path, query, readings, forms };
  }

  throw new UsageError(
    `${option} only takes a path that the gateway serves: ${read.value} ${read.rule}; correct it: ${read.fix}`,
  );
}
