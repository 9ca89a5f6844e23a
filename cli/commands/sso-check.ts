/** `sso check`: whether people could sign in with an identity provider, and what it needs from us. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access sso check                            the policy that is installed
kubectl support-access sso check policy.yaml                one that is not applied yet; - is stdin
kubectl support-access sso check --metadata idp.xml         the installed one, with other metadata of the provider

It reads the provider as the sign-in does: "wrong" lets no one sign in and is refused when it is applied, "unwise" is taken and ends
soon or may not be meant. Then it prints what the identity provider has to be told. It writes nothing, and asks no provider.

Exit codes: 0 people can sign in as far as the settings say, 1 no one can, 3 cannot be read, 4 usage.`;

export const ssoCheck: Command = {
  words: ['sso', 'check'],
  summary: 'Say whether people can sign in with the identity provider, and what it needs',
  cluster: true,
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('[policy]', 'a file, or -; the installed policy without it')
      .option('--metadata <file>', 'metadata of the identity provider, in place of what the policy says')
      .option('--release-namespace <name>', 'where the release is, for the certificate of our requests')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { checkSso } = await import('../policy/check-sso.ts');
    return checkSso(input, terminal);
  },
};
