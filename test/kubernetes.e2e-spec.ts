import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { complaintsOfTypes, type Manifest } from './support/manifest-types.js';

const folder = resolve(import.meta.dirname, '../deploy/kubernetes');
const read = (file: string): string => readFileSync(resolve(folder, file), 'utf8');
const kustomization = parse(read('kustomization.yaml')) as {
  readonly resources: readonly string[];
  readonly namespace: string;
  readonly configMapGenerator: readonly { readonly name: string; readonly files: readonly string[] }[];
};

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [probe: string]: unknown;
}
interface Pod {
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}
interface Workload extends Manifest {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

const manifests = (file: string): Manifest[] => parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest);
const all = kustomization.resources.flatMap(manifests);
const secrets = manifests('secret.example.yaml');
const workloads = all.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment') as Workload[];
const settings = new Map([...readFileSync(resolve(folder, '../../.env.example'), 'utf8').matchAll(/^#(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

describe('deploy/kubernetes', () => {
  let complaints: readonly string[];
  beforeAll(() => {
    complaints = complaintsOfTypes([...all, ...secrets, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labls: {} } }]);
  });

  it('has what the types of Kubernetes have, no other field, and none that is missing', () => {
    // The last one is wrong on purpose.
    expect(complaints).toEqual([expect.stringMatching(/Namespace x: .*'"labls"' does not exist/)]);
  });

  it('names every file, but the optional ones', () => {
    const named = [...kustomization.resources, ...kustomization.configMapGenerator.flatMap(({ files }) => files)];
    expect(
      readdirSync(folder)
        .filter((file) => !named.includes(file))
        .sort(),
    ).toEqual(['kustomization.yaml', 'secret.example.yaml', 'service-monitor.yaml']);
  });

  it('gives no variable that nobody reads', () => {
    const named = workloads.flatMap(({ spec }) => spec.template.spec.containers).flatMap(({ env = [] }) => env.map(({ name }) => name));
    const secret = secrets.flatMap(({ stringData = {} }) => Object.keys(stringData as object));
    expect([...named, ...secret].filter((name) => !settings.has(name))).toEqual([]);
  });

  it('has no secret in it', () => {
    for (const { stringData = {} } of secrets) for (const value of Object.values(stringData as object)) expect(value).toMatch(/^$|"key": ""/);
  });

  it.each(all.filter(({ kind }) => ['Service', 'PodDisruptionBudget', 'NetworkPolicy'].includes(kind)))('$kind $metadata.name chooses pods that there are', (manifest) => {
    const { selector, podSelector } = manifest['spec'] as { selector?: Record<string, unknown>; podSelector?: { matchLabels: object } };
    const wanted = (podSelector?.matchLabels ?? selector?.['matchLabels'] ?? selector) as object;
    expect(workloads.map((workload) => workload.spec.template.metadata.labels)).toContainEqual(expect.objectContaining(wanted));
  });

  it('scales what there is', () => {
    const target = (all.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.['spec'] as { scaleTargetRef: object }).scaleTargetRef;
    expect(workloads.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata.name }))).toContainEqual(target);
  });

  describe.each(workloads)('$kind $metadata.name', ({ spec }) => {
    const pod = spec.template.spec;
    const containers = [...(pod.initContainers ?? []), ...pod.containers];
    const gateway = pod.containers[0];

    it('chooses its own pods', () => {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    });

    it('is nobody in particular, and writes to its volumes alone', () => {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } });
      for (const { securityContext } of containers)
        expect(securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    });

    it('mounts volumes that it has, the data folder of the image among them', () => {
      const there = [...pod.volumes, ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata)].map(({ name }) => name);
      for (const { volumeMounts } of containers) for (const { name } of volumeMounts) expect(there).toContain(name);
      expect(gateway?.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
    });

    it('reads the ConfigMap and the secrets that there are', () => {
      const [generated] = kustomization.configMapGenerator;
      expect(gateway?.env).toContainEqual({ name: 'SHELLM_CONFIG', value: `/etc/shellm/${generated?.files[0]}` });
      expect(gateway?.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/shellm', readOnly: true });
      expect(pod.volumes).toContainEqual({ name: 'config', configMap: { name: generated?.name } });
      for (const { secretRef } of gateway?.envFrom ?? []) expect(secrets.map(({ metadata }) => metadata.name)).toContain(secretRef.name);
    });

    it('is probed where it listens', () => {
      expect(gateway?.ports).toEqual([{ name: 'http', containerPort: Number(settings.get('SHELLM_PORT')) }]);
      const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => (gateway?.[probe] as { httpGet: object }).httpGet);
      expect(probes).toEqual(['live', 'live', 'ready'].map((path) => ({ path: `/health/${path}`, port: 'http' })));
    });

    it('has the time to shut down', () => {
      const grace = Number(settings.get('SHELLM_SHUTDOWN_GRACE_MS')) / 1000;
      const [, before] = (gateway?.['lifecycle'] as { preStop: { exec: { command: [string, string] } } }).preStop.exec.command;
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(Number(before) + grace + 15);
    });
  });
});
