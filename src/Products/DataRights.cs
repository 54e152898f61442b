using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>What the owner of a dataset allows. The numbers are stored.</summary>
public enum DataRight
{
    /// <summary>It may be passed on.</summary>
    Open = 0,

    /// <summary>Its inventory stays with the tenant that holds the licence; what is calculated with it may be passed on.</summary>
    Licensed = 1,

    /// <summary>Neither its inventory nor what is calculated with it may be passed on.</summary>
    Sealed = 2,
}

/// <summary>What of a dataset is meant.</summary>
public enum DataPart
{
    /// <summary>Name, place, category, documentation, hash, number of exchanges.</summary>
    Description,

    /// <summary>Exchanges with their amounts, parameters, allocation, declared impacts.</summary>
    Inventory,

    /// <summary>What was calculated from it.</summary>
    Result,
}

/// <summary>Where the data would go.</summary>
public enum DataWay
{
    /// <summary>To a person of the licence's tenant who works with it: the pages behind the sign-in, and commands on the machine that holds the data.</summary>
    Work,

    /// <summary>Away: an answer to a program, an export, a package, a message to a partner, a public page.</summary>
    Leave,
}

/// <summary>The one place that decides what of a dataset may be shown or passed on. Another tenant never sees any of it: every statement is limited to the caller's tenant.</summary>
public static class DataRights
{
    public static bool Allows(DataRight right, DataPart part, DataWay way) => way == DataWay.Work || part switch
    {
        DataPart.Description => true,
        DataPart.Inventory => right == DataRight.Open,
        _ => right != DataRight.Sealed,
    };

    /// <summary>The right of a dataset in a library: the stricter of the two. An owner who forbids to pass a dataset on makes it at least licensed.</summary>
    public static DataRight Of(DataRight library, ProcessDataset dataset) => Stricter(library, dataset.Documentation.Restricted ? DataRight.Licensed : DataRight.Open);

    /// <summary>The right of what rests on both, such as a copy, or a result.</summary>
    public static DataRight Stricter(DataRight one, DataRight other) => one > other ? one : other;

    /// <summary>The right of what rests on all of them; open where there are none.</summary>
    public static DataRight Strictest(IEnumerable<DataRight> rights) => rights.Aggregate(DataRight.Open, Stricter);
}
