namespace Tanlu.Ledger;

/// <summary>A source of emissions 排放源 at a site: a boiler, a meter, a fleet.</summary>
/// <param name="Code">What files call it; it stays.</param>
/// <param name="Name">What people call it; files may use it too.</param>
public sealed record EmissionSource(long Id, long Site, string SiteCode, string Code, string Name);
