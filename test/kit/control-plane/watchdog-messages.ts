/** What the owner of a control plane and its watchdog say to each other: one JSON value per line. Only shapes. */

export type Command =
  | {
      readonly do: 'start';
      readonly name: string;
      readonly program: string;
      readonly args: readonly string[];
      readonly log: string;
    }
  | { readonly do: 'signal'; readonly name: string; readonly signal: NodeJS.Signals };

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type Report =
  | { readonly name: string; readonly pid: number }
  | { readonly name: string; readonly failed: string }
  | { readonly name: string; readonly exited: Exit };
