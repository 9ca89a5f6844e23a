/** `policy disable`: the master switch, off. */
import type { Command } from '../command.ts';

export const policyDisable: Command = {
  words: ['policy', 'disable'],
  summary: 'Switch support access off for the whole cluster',
  cluster: true,
  changes: true,
  output: ['json', 'yaml', 'name'],
  configure: () => undefined,
  async run(input, terminal) {
    const { switchPolicy } = await import('../policy/switch-policy.ts');
    return switchPolicy('Disabled', input, terminal);
  },
};
