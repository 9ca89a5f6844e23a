import { describe, expect, it } from 'vitest';
import { readArguments } from '../../demo/arguments.ts';

describe('what the demo is asked', () => {
  it('is to play the story where nothing is said', () => {
    expect(readArguments([], {})).toEqual({ do: 'play', stay: false, json: false });
  });

  it('is to stay, for people or for programs', () => {
    expect(readArguments(['--stay'], {})).toEqual({ do: 'play', stay: true, json: false });
    expect(readArguments(['--stay', '--json'], {})).toEqual({ do: 'play', stay: true, json: true });
  });

  it('is help, which ends well and on standard output', () => {
    expect(readArguments(['--help'], {})).toMatchObject({ do: 'say', exitCode: 0 });
  });

  it.each([
    [{ npm_config_stay: 'true' }, 'npm took --stay for itself. Write: npm run demo -- --stay\n'],
    [
      { npm_config_stay: 'true', npm_config_json: 'true' },
      'npm took --stay and --json for itself. Write: npm run demo -- --stay --json\n',
    ],
    [{ npm_config_json: 'true' }, 'npm took --json for itself. Write: npm run demo -- --stay --json\n'],
  ])('is told how to be written where npm took it: %j', (env, text) => {
    expect(readArguments([], env)).toEqual({ do: 'say', text, exitCode: 2 });
  });

  it('may be written right while npm has taken a copy', () => {
    expect(readArguments(['--stay'], { npm_config_stay: 'true' })).toMatchObject({ do: 'play', stay: true });
  });

  it.each([
    [['--json'], '--json goes with --stay: npm run demo -- --stay --json'],
    [['--sty'], "Unknown option '--sty'."],
    [['more'], "Unexpected argument 'more'."],
  ])('is refused with the way out: %j', (args, text) => {
    const answer = readArguments(args, {});
    expect(answer).toMatchObject({ do: 'say', exitCode: 2 });
    expect(answer.do === 'say' && answer.text.startsWith(text)).toBe(true);
  });
});
