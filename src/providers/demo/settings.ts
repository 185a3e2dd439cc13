/** The demo agent needs no settings: whether it is on is the registry's word. */
export class DemoSettings {}
