/** Ends a process whose starter is gone, however it went: a killed `npm` must not leave its work running. */

/** Calls `end` once, when the parent that started this process no longer is its parent. */
export function endWithParent(end: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}
