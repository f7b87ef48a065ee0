import { runCases } from './run_cases';

void runCases(process.argv[2]).then(({ passed, failed }) => {
  for (const failure of failed) console.log(`FAIL ${failure}\n`);
  console.log(`${passed} passed, ${failed.length} failed`);
});
