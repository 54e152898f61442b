using static Tanlu.Organisation.Role;

namespace Tanlu.Organisation;

/// <summary>
/// What a person is to the platform. The numbers are stored; 6 energy engineer, 7 operator, 8 approver and 9 device are kept for the
/// issues that bring their features.
/// </summary>
public enum Role
{
    Administrator = 1,
    CarbonManager = 2,
    DataSteward = 3,
    Verifier = 4,
    Viewer = 5,
}

/// <summary>One thing a role may do. Every module verb names the right it asks for.</summary>
public enum Right
{
    ReadFigures,
    WriteActivities,
    ImportFactors,
    MakeEdition,
    ManageOrganisation,
    ManagePeople,
    ReadAudit,
    ReadEvidence,
    WriteEvidence,
}

/// <summary>The rights of every role: one line per right. What no line grants is refused.</summary>
public static class Rights
{
    public static bool Grant(Role role, Right right) => right switch
    {
        Right.ReadFigures => role is Administrator or CarbonManager or DataSteward or Verifier or Viewer,
        Right.WriteActivities => role is Administrator or CarbonManager or DataSteward,
        Right.ImportFactors => role is Administrator or CarbonManager,
        Right.MakeEdition => role is Administrator or CarbonManager,
        Right.ManageOrganisation => role is Administrator or CarbonManager,
        Right.ManagePeople => role is Administrator,
        Right.ReadAudit => role is Administrator or CarbonManager or Verifier,
        Right.ReadEvidence => role is Administrator or CarbonManager or DataSteward or Verifier,
        Right.WriteEvidence => role is Administrator or CarbonManager or DataSteward,
        _ => false,
    };
}
