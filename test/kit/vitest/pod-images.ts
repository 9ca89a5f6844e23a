/** Builds the images of the pods once for all files of a suite whose nodes are their own, and those of the earlier build. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { previousImage, previousOrWhyNot } from '../installation/previous.ts';
import { buildPodImages, type PodImages } from '../pods/pod-images.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly podImages: PodImages;
    /** Path of the archive of the earlier build's image; '' where that cannot be had. */
    readonly previousImage: string;
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'support-access-pod-images-'));
  project.provide('podImages', await buildPodImages(folder));
  const previous = previousOrWhyNot();
  project.provide('previousImage', 'why' in previous ? '' : previousImage(previous, folder));
  return () => rmSync(folder, { recursive: true, force: true });
}
