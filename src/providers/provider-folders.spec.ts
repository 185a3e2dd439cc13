import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(folders.map(({ name }) => name))('the provider folder %s', (name) => {
  const folder = join(import.meta.dirname, name);
  const files = readdirSync(folder);

  it('has the files that every provider has', () => {
    expect(existsSync(join(folder, 'definition.ts'))).toBe(true);
    expect(files.filter((file) => file.endsWith('.provider.ts'))).toHaveLength(1);
  });

  it('keeps the provider contract by its spec', () => {
    const [spec = ''] = files.filter((file) => file.endsWith('.provider.nest-spec.ts'));
    expect(readFileSync(join(folder, spec), 'utf8')).toContain('itKeepsTheProviderContract(');
  });

  it('is one line in registered.ts', () => {
    expect(readFileSync(join(import.meta.dirname, 'registered.ts'), 'utf8').match(new RegExp(`'\\./${name}/definition\\.js'`, 'g'))).toHaveLength(1);
  });
});
