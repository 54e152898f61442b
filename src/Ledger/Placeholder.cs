namespace Tanlu.Ledger;
