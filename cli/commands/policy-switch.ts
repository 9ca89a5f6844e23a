/** `policy enable` and `policy disable`: the master switch, on and off. */
import { type Command, writtenFormats } from '../command.ts';

function switching(word: string, access: 'Enabled' | 'Disabled', summary: string): Command {
  return {
    words: ['policy', word],
    summary,
    cluster: true,
    changes: true,
    output: writtenFormats,
    configure: () => undefined,
    async run(input, terminal) {
      const { switchPolicy } = await import('../policy/switch-policy.ts');
      return switchPolicy(access, input, terminal);
    },
  };
}

export const policyEnable = switching('enable', 'Enabled', 'Switch support access on for the whole cluster');
export const policyDisable = switching(
  'disable',
  'Disabled',
  'Switch support access off for the whole cluster',
);
