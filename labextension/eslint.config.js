import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['lib/', 'node_modules/'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.ts'],
    rules: {
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-restricted-properties': ['error', { property: 'innerHTML', message: 'Make elements, not markup.' }]
    }
  }
);
