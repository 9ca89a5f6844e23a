/** `user add`: a person of the vendor's support. */
import { type Command, writtenFormats } from '../command.ts';
import { repeatable } from '../frame-options.ts';

const help = `
kubectl support-access user add ada --display-name "Ada Lovelace" --user-id s-0042 --name-id ada@vendor.example

Who a person is never changes afterwards. Grants may have named the person before; which, is shown before it is asked.`;

export const userAdd: Command = {
  words: ['user', 'add'],
  summary: "Add a person of the vendor's support",
  cluster: true,
  changes: true,
  output: writtenFormats,
  configure(parser) {
    parser
      .argument('<name>', 'of the SupportUser')
      .option('--display-name <text>', "the person's name, for people and records")
      .option('--user-id <id>', "the vendor's id of the person")
      .option('--name-id <text>', 'the SAML NameID, exactly as the identity provider sends it')
      .option('--email <address>', 'e-mail address')
      .addOption(
        repeatable('--support-role <name>', 'a role that the person has at the vendor; several times'),
      )
      .addOption(
        repeatable('--attribute <name=value>', 'what the identity provider must say besides; several times'),
      )
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { addUser } = await import('../users/add-user.ts');
    return addUser(input, terminal);
  },
};
