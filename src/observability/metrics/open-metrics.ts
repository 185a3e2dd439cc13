/** Prometheus' text as OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/): a counter is named without its suffix, no line is empty, the end is told. */
export function asOpenMetrics(text: string): string {
  const counters = text.replace(/^# HELP (\S+)_total (.*)\n# TYPE \S+ counter$/gm, '# HELP $1 $2\n# TYPE $1 counter');
  return `${counters.replace(/\n{2,}/g, '\n')}# EOF\n`;
}
