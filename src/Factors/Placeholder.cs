namespace Tanlu.Factors;
