using static Tanlu.Organisation.Role;

namespace Tanlu.Organisation;

/// <summary>What a person or a machine is to the platform. The numbers are stored.</summary>
public enum Role
{
    Administrator = 1,
    CarbonManager = 2,
    DataSteward = 3,
    Verifier = 4,
    Viewer = 5,
    EnergyEngineer = 6,
    Operator = 7,
    Approver = 8,

    /// <summary>A machine that delivers data: it signs in by token only and reads nothing but what it sent.</summary>
    Device = 9,
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

    /// <summary>Let an imported edition of a factor pack serve.</summary>
    ApproveFactors,

    /// <summary>Take away everything that an edition rests on, as one file.</summary>
    ExportPackage,

    /// <summary>Addresses that the platform calls when something happens.</summary>
    ManageWebhooks,

    /// <summary>State of the machine: health in detail, jobs of others, backup.</summary>
    OperatePlatform,

    /// <summary>Make and change processes of the tenant's own life cycle libraries.</summary>
    EditProcesses,
}

/// <summary>The rights of every role: one line per right. What no line grants is refused.</summary>
public static class Rights
{
    public static bool Grant(Role role, Right right) => right switch
    {
        Right.ReadFigures => role is Administrator or CarbonManager or DataSteward or Verifier or Viewer or EnergyEngineer or Operator or Approver,
        Right.WriteActivities => role is Administrator or CarbonManager or DataSteward or EnergyEngineer or Operator or Device,
        Right.ImportFactors => role is Administrator or CarbonManager,
        Right.MakeEdition => role is Administrator or CarbonManager or Approver,
        Right.ManageOrganisation => role is Administrator or CarbonManager,
        Right.ManagePeople => role is Administrator,
        Right.ReadAudit => role is Administrator or CarbonManager or Verifier or Approver,
        Right.ReadEvidence => role is Administrator or CarbonManager or DataSteward or Verifier or EnergyEngineer or Operator or Approver,
        Right.WriteEvidence => role is Administrator or CarbonManager or DataSteward or EnergyEngineer or Operator or Device,
        Right.ApproveFactors => role is Administrator or CarbonManager or Approver,
        Right.ExportPackage => role is Administrator or CarbonManager or Verifier or Approver,
        Right.ManageWebhooks => role is Administrator or CarbonManager,
        Right.OperatePlatform => role is Administrator,
        Right.EditProcesses => role is Administrator or CarbonManager or DataSteward or EnergyEngineer,
        _ => false,
    };
}
