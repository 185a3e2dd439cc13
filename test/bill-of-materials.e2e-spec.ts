import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..');

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly { readonly name: string; readonly version: string; readonly scope?: string; readonly licenses?: unknown; readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

it('npm run sbom names what is bundled, with its licence, and not what only builds it', () => {
  const bill = JSON.parse(execFileSync(process.execPath, [join(project, 'scripts/sbom.mjs')], { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })) as Bill;
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { version: string };
  expect([bill.bomFormat, bill.metadata.component.name, bill.metadata.component.version]).toEqual(['CycloneDX', 'shellm', version]);

  const names = bill.components.map(({ name }) => name);
  for (const inside of ['@nestjs/core', 'fastify', 'kysely', 'ajv', 'pino', 'preact']) expect(names).toContain(inside);
  for (const builder of ['typescript', 'jest', 'rolldown', 'vite', 'eslint']) expect(names).not.toContain(builder);

  const noticed = [...readFileSync(join(project, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8').matchAll(/^(\S+ \d\S*) \(.+\)$/gm)].map(([, title]) => title);
  const named = bill.components.map((component) => `${component.name} ${component.version}`);
  expect(noticed.filter((title) => title !== undefined && !named.includes(title))).toEqual([]);
  expect(bill.components.filter(({ licenses }) => licenses === undefined)).toEqual([]);

  const refs = new Set([...bill.components.map((component) => component['bom-ref']), `shellm@${version}`]);
  for (const { ref, dependsOn } of bill.dependencies) for (const named of [ref, ...dependsOn]) expect(refs).toContain(named);
});
