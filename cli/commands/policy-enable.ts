/** `policy enable`: the master switch, on. */
import type { Command } from '../command.ts';

export const policyEnable: Command = {
  words: ['policy', 'enable'],
  summary: 'Switch support access on for the whole cluster',
  cluster: true,
  changes: true,
  output: ['json', 'yaml', 'name'],
  configure: () => undefined,
  async run(input, terminal) {
    const { switchPolicy } = await import('../policy/switch-policy.ts');
    return switchPolicy('Enabled', input, terminal);
  },
};
