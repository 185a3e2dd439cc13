const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const second = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const dayAndHour = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** What stands below the time axis: hours, and the day where one begins. `step` is the distance between two, in seconds. */
export function timeLabels(seconds: readonly number[], step: number): string[] {
  return seconds.map((at) => {
    const date = new Date(at * 1000);
    const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
    if (step >= 86_400 || midnight) return day.format(date);
    return (step < 60 ? second : hour).format(date);
  });
}

/** When a bucket begins, as exact as its length asks for. */
export function bucketLabel(seconds: number, length: number): string {
  const date = new Date(seconds * 1000);
  if (length >= 86_400) return day.format(date);
  return (length < 60 ? second : dayAndHour).format(date);
}
