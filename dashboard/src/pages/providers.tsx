import { PageHead } from '../components/page-head.tsx';

export function ProvidersPage() {
  return <PageHead title="Providers" lead="Who answers, what each can do, and what to do where one cannot." />;
}
