/** The sources that the laws judge, read once, and how complaints are told. */
import { sourcesOf } from '../kit/architecture/source-files.ts';
import { topRooms } from './rooms.ts';

export const product = sourcesOf(topRooms);
export const everything = [...product, ...sourcesOf(['test', 'tools', 'examples'])];

/** The folder of a file. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Each violation as one line that names the file and what is wrong, so that the failure is the to-do list. */
export function complaints<T>(items: readonly T[], complain: (item: T) => readonly string[]): string[] {
  return items.flatMap((item) => [...complain(item)]);
}
