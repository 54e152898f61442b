using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>Makes the calculation of a request: finds the factors and plans their lines. Pure: the same request and library give the same calculation.</summary>
public static class Calculator
{
    private const string RefrigerantPrefix = "refrigerant.";

    /// <summary>
    /// One activity may give several lines: its own in scope 1, 2 or 3, CH4 and N2O of combustion, biogenic CO2 beside it, and the upstream and
    /// grid losses in scope 3 category 3 where a factor for them exists.
    /// </summary>
    public static Outcome<Calculation> Prepare(FactorLibrary library, CalculationRequest request)
    {
        ActivityType? type = null;
        if (request.Activity.Length > 0)
        {
            type = ActivityTypes.Find(request.Activity);
            if (type is null)
            {
                return new Problem("activity_unknown", Column: "activity", Found: request.Activity);
            }

            // An alias becomes the code it stands for.
            request = request with { Activity = type.Code };
        }

        if (type is { Method: not MethodKind.Refrigerant } && request.Measured is ({ LeakRate: not null } or { StockStart: not null } or { StockEnd: not null }))
        {
            return new Problem("refrigerant_only", Column: request.Measured.LeakRate is null ? request.Measured.StockStart is null ? "stock_end" : "stock_start" : "leak_rate", Found: type.Code);
        }

        if (request.Factor.Length > 0)
        {
            return ByName(library, request, type);
        }

        if (type is null)
        {
            return new Problem("activity_or_factor_needed", Column: "activity");
        }

        var account = AccountOf(request, type);
        if (!account.Ok)
        {
            return Outcome<Calculation>.Refused(account.Problems);
        }

        return type.Method == MethodKind.Refrigerant ? Refrigerant(request, type, account.Value) : Matched(library, request, type, account.Value);
    }

    private static Outcome<Calculation> Matched(FactorLibrary library, CalculationRequest request, ActivityType type, Account account)
    {
        var unit = UnitOf(request, type);
        var clause = Clause(type, account);
        var main = Matcher.Find(library, type, request.Activity, FactorRole.Main, request.Region, request.On, v => FactorPlan.Of(v, unit, request.Measured, clause));
        if (!main.Ok)
        {
            return Outcome<Calculation>.Refused(main.Problems);
        }

        var match = main.Value;
        if (BasisIsOpen(match, unit))
        {
            return new Problem("basis_needed", Column: "unit", Found: request.Unit.Code);
        }

        var lines = new List<CalculationLine> { Line(account, Route.Both, FactorRole.Main, match) };
        if (LacksOtherGases(type, match.Plan))
        {
            AddBeside(FactorRole.CombustionOther, account, Route.GhgProtocol);
        }

        AddBeside(FactorRole.OutsideScopes, account, Route.Both);
        if (account.Scope < 3)
        {
            var category3 = Account.Of(3, 3);
            AddBeside(FactorRole.Upstream, category3, Route.GhgProtocol);
            AddBeside(FactorRole.Losses, category3, Route.GhgProtocol);
        }

        return new Calculation(request, type, lines, type.Method is MethodKind.Factor ? null : match.Plan.Energy, EffectiveQuantity.AsWritten);

        void AddBeside(FactorRole role, Account into, Route route) => lines.AddRange(Beside(library, request, type, unit, match.Version, role, into, route));
    }

    /// <summary>The line that a factor of another role adds beside the main one; none where no factor for it exists.</summary>
    private static CalculationLine[] Beside(
        FactorLibrary library, CalculationRequest request, ActivityType type, Unit unit, FactorVersion main, FactorRole role, Account into, Route route)
    {
        var found = Matcher.Find(
            library, type, type.Code, role, request.Region, request.On,
            v => FactorPlan.Of(v, unit, WithCalorificValue(request.Measured, main), Clause(type, into)));
        return found.Ok ? [Line(into, route, role, found.Value)] : [];
    }

    /// <summary>A fuel whose factor names CO2 alone: the GHG Protocol counts its CH4 and N2O too.</summary>
    private static bool LacksOtherGases(ActivityType type, FactorPlan plan) =>
        type.Method == MethodKind.Combustion && plan.Co2ePerUnit is null && plan.Gases.All(g => g.Gas != Gases.Ch4 && g.Gas != Gases.N2O);

    /// <summary>CH4 and N2O of a fuel rest on the same energy as its CO2: the main set's calorific value serves them, not IPCC's.</summary>
    private static Measured WithCalorificValue(Measured measured, FactorVersion main) =>
        measured.NetCalorificValue is null && main.Find(ComponentKind.NetCalorificValue) is { } ncv
            ? measured with { NetCalorificValue = new MeasuredValue(ncv.Value, ncv.Unit) }
            : measured;

    private static Outcome<Calculation> ByName(FactorLibrary library, CalculationRequest request, ActivityType? type)
    {
        var named = Matcher.Named(
            library, request.Factor, request.Region, request.On,
            v => FactorPlan.Of(v, request.Unit, request.Measured, type is null ? "" : Clause(type, new Account((short)(type.Scope * 100)))));
        if (!named.Ok)
        {
            return Outcome<Calculation>.Refused(named.Problems);
        }

        var made = named.Value.Version.Activity is { Length: > 0 } code ? ActivityTypes.Find(code) : null;
        if (type is not null && made is not null && made.Method != type.Method)
        {
            return new Problem("factor_of_other_kind", Column: "factor", Found: request.Factor, Args: [made.Code, type.Code]);
        }

        type ??= made;
        if (type is null && request.Scope == 0)
        {
            return new Problem("scope_needed", Column: "scope", Found: "", Args: [named.Value.Version.Id]);
        }

        var account = AccountOf(request, type);
        if (!account.Ok)
        {
            return Outcome<Calculation>.Refused(account.Problems);
        }

        var main = Line(account.Value, Route.Both, FactorRole.Main, named.Value);
        CalculationLine[] beside = type is not null && LacksOtherGases(type, named.Value.Plan)
            ? Beside(library, request, type, request.Unit, named.Value.Version, FactorRole.CombustionOther, account.Value, Route.GhgProtocol)
            : [];
        return new Calculation(
            request, type, [main, .. beside], type is { Method: not MethodKind.Factor } ? named.Value.Plan.Energy : null, EffectiveQuantity.AsWritten);
    }

    private static Outcome<Calculation> Refrigerant(CalculationRequest request, ActivityType type, Account account)
    {
        var plan = RefrigerantMethod.Plan(request.Activity[RefrigerantPrefix.Length..], request.Unit, request.Measured, request.On, request.Days);
        return plan.Ok
            ? new Calculation(
                request, type,
                [new CalculationLine(account, Route.Both, FactorRole.Main, plan.Value.Plan.Gases, 0, GwpSet.None, null, null, [], [])],
                null, plan.Value.Effective)
            : Outcome<Calculation>.Refused(plan.Problems);
    }

    private static CalculationLine Line(Account account, Route route, FactorRole role, Match<FactorPlan> match) =>
        new(account, route, role, match.Plan.Gases, match.Plan.Co2eKgPerUnit, match.Plan.Co2ePerUnit is null ? GwpSet.None : match.Version.Gwp,
            match.Plan.Co2ePerUnit, match.Version, match.Considered, match.Flags);

    private static Outcome<Account> AccountOf(CalculationRequest request, ActivityType? type)
    {
        var scope = request.Scope > 0 ? request.Scope : type!.Scope;
        var category = request.Category3 > 0 ? request.Category3 : type is not null && type.Scope == scope ? type.Category3 : 0;
        if (scope == 3 && category == 0)
        {
            return new Problem("category3_needed", Column: "scope3_category");
        }

        return scope != 3 && request.Category3 > 0
            ? new Problem("category3_without_scope3", Column: "scope3_category", Found: request.Category3.ToString(System.Globalization.CultureInfo.InvariantCulture))
            : Account.Of(scope, category);
    }

    /// <summary>A bare gas volume is read at the activity's stated default state where it has one, and is refused by the method elsewhere.</summary>
    internal static Unit UnitOf(CalculationRequest request, ActivityType type) =>
        request.Unit.GasState == UnitCondition.None ? request.Unit.Under(type.DefaultGasState) ?? request.Unit : request.Unit;

    /// <summary>Energy without a basis, where the publisher gives the fuel on both: 11 % apart for gas, so it must be said.</summary>
    private static bool BasisIsOpen(Match<FactorPlan> match, Unit unit) =>
        unit.Dimension == Dimension.OfEnergy && unit.CalorificBasis == UnitCondition.None && QuantityFit.IsCalorific(match.Version.Basis)
        && match.Considered.Any(c => c.Verdict is "later_in_order" && c.Version.Pack == match.Version.Pack && c.Version.Geography == match.Version.Geography
            && QuantityFit.IsCalorific(c.Version.Basis) && c.Version.Basis != match.Version.Basis);

    private static string Clause(ActivityType type, Account account) => account.Scope switch
    {
        2 => "GHG Protocol Scope 2 Guidance (2015), location-based method",
        3 => $"GHG Protocol Scope 3 Standard, category {account.Category3.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
        _ => type.Method == MethodKind.Combustion ? "IPCC 2006 vol. 2 ch. 2, eq. 2.1" : "GHG Protocol Corporate Standard, ch. 6",
    };
}
