/** First source: the folder that KUBEBUILDER_ASSETS names, as every envtest suite reads it. Taken as it is, unversioned. */
import type { Source } from '../binary-source.ts';
import { executablesIn } from './executable.ts';

export const assetsFolder: Source = {
  name: 'KUBEBUILDER_ASSETS',
  find: async (wanted, { say }) => {
    const folder = process.env['KUBEBUILDER_ASSETS'];
    if (folder === undefined || folder === '') return {};
    const found = executablesIn(folder, wanted);
    say(`${Object.keys(found).join(', ') || 'nothing'} from KUBEBUILDER_ASSETS (${folder})`);
    return found;
  },
};
