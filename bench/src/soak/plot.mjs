// Four panels of one soak: what the process holds, how many things, how long it takes over HTTP and over programs.
import { document, panel, text } from '../svg.mjs';

const overPrograms = ['tools', 'session', 'structured', 'claude', 'codex', 'gemini'];

export function plot({ samples, head }) {
  const seconds = samples.at(-1).seconds,
    of = (figure) => samples.map((one) => [one.seconds, figure(one)]).filter(([, value]) => Number.isFinite(value));
  const kinds = [...new Set(samples.flatMap(({ latency }) => Object.keys(latency)))];
  const place = (index) => ({ left: 70, top: 76 + index * 240, width: 760, height: 170, seconds });
  const latencies = (of) =>
    kinds.filter(of).map((kind) => ({ name: kind, points: samples.map((one) => [one.seconds, one.latency[kind]?.p50]).filter(([, value]) => Number.isFinite(value)) }));
  return document(960, 1040, [
    text(70, 34, head, { size: 13, fill: '#57606a' }),
    ...panel({
      ...place(0),
      title: 'Memory',
      unit: 'MiB',
      series: [
        { name: 'resident', points: of(({ rss }) => rss) },
        { name: 'heap in use', points: of(({ heap }) => heap) },
      ],
    }),
    ...panel({
      ...place(1),
      title: 'Descriptors, children, requests under way',
      unit: '',
      series: [
        { name: 'descriptors', points: of(({ fds }) => fds) },
        { name: 'children', points: of(({ children }) => children) },
        { name: 'under way', points: of(({ running }) => running) },
      ],
    }),
    ...panel({
      ...place(2),
      title: 'Latency of the API vendor and of wrong requests, median of five seconds',
      unit: 'ms',
      series: latencies((kind) => !overPrograms.includes(kind)),
    }),
    ...panel({ ...place(3), title: 'Latency over the CLIs and the demo agent, median of five seconds', unit: 'ms', series: latencies((kind) => overPrograms.includes(kind)) }),
  ]);
}
