import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';

const VARIABLE = 'NODE_EXTRA_CA_CERTS';

/** Certificates to trust beside the known ones. Node does without a file that it cannot read. */
export const certificates: Check = {
  id: 'certificates',
  title: VARIABLE,
  group: 'network',
  look: ({ environment, originOf }) => {
    const path = environment[VARIABLE];
    if (path === undefined || path === '') return undefined;
    if (originOf(VARIABLE) === '.env')
      return warning(
        `it is set in .env, which Node reads too late for the gateway itself: the CLIs alone have it`,
        `export ${VARIABLE}=${path} (systemd: Environment=; compose: environment:)`,
      );
    return judgeFile(path, Date.now());
  },
};

function judgeFile(path: string, now: number): Finding {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return fault(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, `ls -l ${path}`);
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) return fault(`${path} holds no certificate in PEM`, `openssl x509 -inform der -in ${path} -out ${path}.pem`);
  const read = found.map(validUntil);
  if (read.includes(undefined)) return fault(`${path} holds a certificate that cannot be read`, `openssl x509 -noout -text -in ${path}`);
  // A bundle of the system's may hold some that are over.
  const over = read.every((until) => until !== undefined && until < now);
  return over ? warning(`all certificates in ${path} are over`, `openssl x509 -noout -enddate -in ${path}`) : ok(`${found.length} in ${path}`);
}

function validUntil(pem: string): number | undefined {
  try {
    return new X509Certificate(pem).validToDate.getTime();
  } catch {
    return undefined;
  }
}
