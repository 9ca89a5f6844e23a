/** How long something is, in words that are as exact as a person needs. Pure. */

const units = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
] as const;

/** The two largest units: "2 days 3 hours", "45 minutes", "less than a minute". Never more than is left. */
export function lengthInWords(ms: number): string {
  const at = units.findIndex((unit) => ms >= unit.ms);
  const [first, second] = at < 0 ? [] : units.slice(at, at + 2);
  if (first === undefined) return 'less than a minute';
  const whole = Math.floor(ms / first.ms);
  const rest = second === undefined ? 0 : Math.floor((ms % first.ms) / second.ms);
  const words = [
    counted(whole, first.name),
    ...(second === undefined || rest === 0 ? [] : [counted(rest, second.name)]),
  ];
  return words.join(' ');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
