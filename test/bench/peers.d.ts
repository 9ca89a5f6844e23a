/** What the bench calls of routers that are its peers: their own types follow each of their versions, and these are all it takes. */
declare module 'find-my-way' {
  interface Found {
    readonly store: unknown;
  }
  interface Router {
    on(method: string, path: string, handler: () => void, store: unknown): void;
    find(method: string, path: string): Found | null;
  }
  export default function router(): Router;
}
declare module 'rou3' {
  export function createRouter(): object;
  export function addRoute(router: object, method: string, path: string, data: unknown): void;
}
declare module 'rou3/compiler' {
  export function compileRouter(
    router: object,
  ): (method: string, path: string) => { readonly data: unknown } | undefined;
}
