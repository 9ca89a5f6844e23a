/** `routes test`: what one request means to an application. */
import type { Command } from '../command.ts';

const help = `
kubectl support-access routes test POST https://ecase.apps.example.com/jobs/7/run
kubectl support-access routes test POST /jobs/7/run ecase -n ecase
kubectl support-access routes test GET '/jobs?state=open' application.yaml --system casepoint-ecase

The application is a file or a name, as for routes lint; without one it is the application of the cluster that has the host of the URL.
The answer is that of the gateway's own rules: the route, module, sub-module and action, and what each matrix says of it. Who may
send the request at this moment is what can-i says.

Exit codes: 0 it means something, which each matrix allows; 1 it would be refused; 3 cannot be read; 4 usage.`;

export const routesTest: Command = {
  words: ['routes', 'test'],
  summary: 'Say what one request means to an application, and whether a matrix allows it',
  cluster: true,
  names: { arguments: [undefined, undefined, 'applications'], options: { matrix: 'matrices' } },
  output: ['json', 'yaml'],
  configure(parser) {
    parser
      .argument('<method>', 'GET, HEAD, POST, PUT, PATCH or DELETE')
      .argument('<url>', 'a whole URL, or the path with its query')
      .argument('[application]', 'the name, the file or -')
      .option(
        '--matrix <matrix...>',
        'the matrix that is to hold for it: a name or a file; may be given several times',
      )
      .option('--content-type <type>', 'the type of its body, such as multipart/form-data')
      .option('--system <name>', 'a matrix that comes with the product, for example casepoint-ecase')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { testRoute } = await import('../matrix/test-route.ts');
    return testRoute(input, terminal);
  },
};
