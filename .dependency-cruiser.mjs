// The floors of docs/architecture.md, lowest first. A file may import from its own module and from any lower floor; never sideways, never up.
const floors = [
  ['kernel'],
  ['config', 'redaction'],
  ['observability'],
  ['wire', 'streaming', 'structured-output', 'dialer', 'tool-bridge', 'process-pool', 'storage', 'redis'],
  ['acp', 'schema-worker', 'histories'],
  ['auth', 'rate-limit', 'sessions', 'idempotency', 'providers', 'usage', 'cache', 'templates', 'conversations', 'job-queue', 'files'],
  ['completion'],
  ['http', 'runs'],
  ['api', 'health', 'dashboard'],
];
const source = '^src/';
const module = (name) => `${source}${name}/`;
const isSpec = '\\.(spec|nest-spec)\\.ts$|provider-contract\\.ts$';

const downward = floors.flatMap((floor, level) =>
  floor.map((name) => {
    const forbidden = [...floor.filter((other) => other !== name), ...floors.slice(level + 1).flat()];
    return {
      name: `${name}-imports-only-downward`,
      comment: `${name} stands on floor ${level}: it may import itself and lower floors only.`,
      severity: 'error',
      from: { path: module(name), pathNot: isSpec },
      to: { path: [`${source}(${forbidden.join('|') || '$.'})/`, `${source}[^/]+\\.ts$`] },
    };
  }),
);

export default {
  forbidden: [
    ...downward,
    { name: 'no-cycles', comment: 'A cycle hides who owns what.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'providers-are-islands',
      comment: 'A provider is one folder: it never imports another provider.',
      severity: 'error',
      from: { path: `${source}providers/([^/]+)/` },
      to: { path: `${source}providers/([^/]+)/`, pathNot: `${source}providers/$1/` },
    },
    {
      name: 'pure-floors-know-no-framework',
      comment: 'kernel, wire, redaction and structured-output are pure: no framework, no I/O.',
      severity: 'error',
      from: { path: `${source}(kernel|wire|redaction|structured-output)/`, pathNot: isSpec },
      to: { path: '(^|node_modules/)(@nestjs|fastify|undici|pino)|^(node:)?(http|https|net|fs|fs/promises|child_process|os|worker_threads)$' },
    },
    {
      name: 'only-the-pool-spawns',
      comment: 'Children are started in process-pool alone, where they are bounded, tracked and ended.',
      severity: 'error',
      from: { path: source, pathNot: [`${source}process-pool/`, isSpec] },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'schemas-run-in-a-thread',
      comment: "What clients' schemas become may run for ever: it is compiled and run in schema-worker's thread alone, which is talked to by messages.",
      severity: 'error',
      from: { path: source, pathNot: [`${source}schema-worker/thread/`, isSpec] },
      to: { path: [`${source}schema-worker/thread/`, '(^|node_modules/)ajv(-formats)?(/|$)'] },
    },
    {
      name: 'pool-knows-no-http',
      comment: 'process-pool knows commands, lines and signals; no HTTP and no model.',
      severity: 'error',
      from: { path: `${source}process-pool/`, pathNot: isSpec },
      to: { path: '(^|node_modules/)(fastify|undici)|^(node:)?https?$' },
    },
    {
      name: 'only-http-knows-fastify',
      comment: 'Fastify and the Nest HTTP adapter stay behind http/ and bootstrap.',
      severity: 'error',
      from: { path: `${source}(kernel|config|observability|wire|streaming|redaction|structured-output|dialer|process-pool|auth|rate-limit|providers|completion)/` },
      to: { path: 'node_modules/(fastify|@fastify|@nestjs/platform-fastify)/' },
    },
    {
      name: 'only-redis-imports-ioredis',
      comment: 'There is one connection to Redis, whose failures end in redis/.',
      severity: 'error',
      from: { path: source, pathNot: [`${source}redis/`, isSpec] },
      to: { path: 'node_modules/ioredis/' },
    },
    {
      name: 'not-to-spec',
      comment: 'Only tests import tests.',
      severity: 'error',
      from: { path: source, pathNot: isSpec },
      to: { path: isSpec },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
