/** Where the examples have their jobs told: nobody has this name. */
export const exampleCallback = 'https://hooks.example/shellm';
