/** The queues: jobs to be made, and ends of jobs to be told. */
export const JOBS = 'jobs';
export const DELIVERIES = 'deliveries';
